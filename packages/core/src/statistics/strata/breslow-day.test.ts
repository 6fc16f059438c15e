import { describe, expect, it } from 'vitest'
import { breslowDayTest } from './breslow-day.js'
import { agrees, BERKELEY, RARE, SMALL, strataOf, TWO, turnedRound } from './strata.fixture.js'

describe('whether arms differ alike in all strata', () => {
  // expected counts by bisection in 40 digits, with mpmath; BERKELEY is the example of R's DescTools as well
  it.each([
    [TWO, 1.49800796812749, 0.1625983220306277, 1, 0.6867754846787942, true],
    [SMALL, 4.062712688381137, 5.734242173748322, 2, 0.056862393053784606, false],
    [BERKELEY, 0.904696828258623, 18.825501252052756, 5, 0.0020714013978812493, true],
    [RARE, 0.6377148165350673, 20.191607836349387, 2, 4.125229055270991e-5, false],
  ] as const)('is asked by Breslow, Day and Tarone (%#)', (rows, ratio, statistic, df, pValue, holds) => {
    const found = breslowDayTest(strataOf(rows))
    expect(found).toMatchObject({ method: 'breslow-day-tarone', df, approximationHolds: holds })
    expect(agrees(found.commonOddsRatio, ratio)).toBe(true)
    expect(agrees(found.statistic, statistic)).toBe(true)
    expect(agrees(found.pValue, pValue)).toBe(true)
  })

  it('is the same with the arms turned round', () => {
    const found = breslowDayTest(turnedRound(strataOf(BERKELEY)))
    expect(found.statistic).toBeCloseTo(18.825501252052756, 11)
    expect(found.commonOddsRatio).toBeCloseTo(1 / 0.904696828258623, 12)
  })

  it.each([
    ['one stratum', [[60, 500, 40, 500]], 1.5],
    [
      'one in which anybody answered',
      [
        [60, 500, 40, 500],
        [0, 90, 0, 80],
        [7, 7, 9, 9],
      ],
      1.5,
    ],
    [
      'nobody in an arm',
      [
        [0, 500, 40, 500],
        [0, 100, 3, 90],
      ],
      null,
    ],
    [
      'everybody in an arm',
      [
        [500, 500, 40, 500],
        [100, 100, 3, 90],
      ],
      null,
    ],
  ] as const)('is not known of %s', (_, rows, ratio) => {
    const found = breslowDayTest(strataOf(rows))
    expect(found).toMatchObject({ statistic: null, df: 0, pValue: 1, approximationHolds: false })
    if (ratio === null) expect(found.commonOddsRatio).toBeNull()
    else expect(found.commonOddsRatio).toBeGreaterThan(ratio)
  })

  it('stays a number where an odds ratio is next to nothing', () => {
    const far = strataOf([
      [1, 2 ** 40, 2 ** 40 - 1, 2 ** 40],
      [0, 2 ** 20, 2 ** 20, 2 ** 20],
      [1, 9, 8, 9],
    ])
    const found = breslowDayTest(far)
    expect(Number.isFinite(found.statistic)).toBe(true)
    expect(found.pValue).toBeGreaterThanOrEqual(0)
    expect(found.approximationHolds).toBe(false)
  })
})
