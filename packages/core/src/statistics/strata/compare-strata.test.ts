import { describe, expect, it } from 'vitest'
import { compareProportions } from '../proportions/compare-proportions.js'
import { combineStrata } from './combine-strata.js'
import { compareStrata } from './compare-strata.js'
import { exactStratifiedTest } from './exact-stratified-test.js'
import { BERKELEY, RARE, SIMPSON, SMALL, type StratumRow, strataOf, TWO } from './strata.fixture.js'
import { stratifiedLift } from './stratified-lift.js'
import { stratifiedNewcombe } from './stratified-newcombe.js'

const AT_95 = { confidence: 0.95 }

describe('two proportions compared within strata', () => {
  it.each([TWO, BERKELEY, SIMPSON])(
    'are so by Cochran, Mantel and Haenszel where counts are large (%#)',
    (...rows) => {
      const strata = strataOf(rows)
      const { difference, z, pValue } = combineStrata(strata, AT_95)
      expect(compareStrata(strata, AT_95)).toMatchObject({
        difference,
        z,
        pValue,
        lift: stratifiedLift(strata, 0.95),
        method: 'mantel-haenszel',
        strataUsed: rows.length,
      })
    },
  )

  it.each([SMALL, RARE])('are so by the exact test where they are small (%#)', (...rows) => {
    const strata = strataOf(rows)
    const found = compareStrata(strata, AT_95)
    expect(found).toMatchObject({
      difference: stratifiedNewcombe(strata, 0.95),
      pValue: exactStratifiedTest(strata),
      z: combineStrata(strata, AT_95).z,
      method: 'stratified-exact',
    })
    expect(found.choice).toMatchObject({ rule: 'mantel-fleiss-1980', threshold: 5 })
    expect(found.choice.leastExpected).toBeLessThan(5)
  })

  it.each([
    [12, 400, 3, 90],
    [380, 400, 80, 90],
    [3, 7, 9, 12],
    [90, 100, 20, 100],
  ] as const)(
    'are chosen a test for by the rule of Cochran where there is one stratum: %d of %d, %d of %d',
    (...row) => {
      const [stratum] = strataOf([row])
      if (stratum === undefined) return
      const alone = compareProportions(stratum.a, stratum.b, AT_95)
      const within = compareStrata([stratum], AT_95)
      expect(within.choice.leastExpected).toBeCloseTo(alone.choice.leastExpected, 12)
      expect(within.method === 'mantel-haenszel').toBe(alone.method === 'pooled-z')
    },
  )

  it('leave room on both sides: expected successes, or failures, that are few in every stratum', () => {
    const seldom: readonly StratumRow[] = [
      [2, 100, 3, 100],
      [2, 100, 2, 100],
    ]
    const mostly = seldom.map(([s, n, t, m]): StratumRow => [n - s, n, m - t, m])
    expect(compareStrata(strataOf(seldom), AT_95).choice.leastExpected).toBeCloseTo(4.5, 12)
    expect(compareStrata(strataOf(mostly), AT_95).choice.leastExpected).toBeCloseTo(4.5, 12)
    const enough = compareStrata(strataOf([...seldom, [1, 100, 0, 100]]), AT_95)
    expect(enough).toMatchObject({ method: 'mantel-haenszel', choice: { leastExpected: 5 } })
  })

  it('leave out strata in which an arm is empty', () => {
    const found = compareStrata(strataOf([...TWO, [0, 0, 7, 90], [5, 80, 0, 0]]), AT_95)
    expect(found).toEqual(compareStrata(strataOf(TWO), AT_95))
  })

  it.each([
    [[], 0.95, 'strata'],
    [[[0, 0, 3, 9]], 0.95, 'strata'],
    [TWO, 0, 'confidence'],
    [[[5, 4, 3, 9]], 0.95, 'strata[0].a.successes'],
  ] as const)('refuse %j at %d', (rows, confidence, path) => {
    expect(() => compareStrata(strataOf(rows), { confidence })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
