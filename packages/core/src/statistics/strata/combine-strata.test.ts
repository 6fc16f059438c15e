import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.js'
import { combineStrata } from './combine-strata.js'
import { agrees, BERKELEY, SMALL, type StratumRow, strataOf, TWO, turnedRound } from './strata.fixture.js'

const near = (value: number | null, expected: number) => expect(agrees(value, expected)).toBe(true)

describe('Strata put together', () => {
  // mantelhaen.test(x, correct = FALSE and TRUE) of R 4
  it.each([
    [TWO, false, 4.99439264169885, 0.0254295766480084],
    [TWO, true, 4.60283225858966, 0.0319191830962212],
    [SMALL, false, 4.41307654479122, 0.0356644649775778],
    [SMALL, true, 3.09976097622342, 0.0783037901846501],
    [BERKELEY, false, 1.52460666044344, 0.216923697055518],
    [BERKELEY, true, 1.42694622858669, 0.232263462817048],
  ])('give the test that R gives (%#)', (rows, continuity, chiSquare, pValue) => {
    const found = combineStrata(strataOf(rows), { confidence: 0.95, continuity })
    near(found.chiSquare, chiSquare)
    near(found.pValue, pValue)
  })

  // Sato's formula in 40 digits, with mpmath
  it.each([
    [TWO, 0.04166666666666667, 0.005238753967208916, 0.07809457936612442],
    [SMALL, 0.260934393638171, 0.01582317154464059, 0.5060456157317014],
    [BERKELEY, -0.01842519619085251, -0.04748243534654222, 0.0106320429648372],
  ])('give the difference and its interval (%#)', (rows, value, low, high) => {
    const { difference } = combineStrata(strataOf(rows), { confidence: 0.95 })
    near(difference.value, value)
    near(difference.low, low)
    near(difference.high, high)
  })

  it('do not take a difference between strata for one between arms', () => {
    const everywhereEqual: readonly StratumRow[] = [
      [90, 900, 10, 100],
      [50, 100, 450, 900],
    ]
    const { difference, pValue } = combineStrata(strataOf(everywhereEqual), { confidence: 0.95 })
    expect(difference.value).toBe(0)
    expect(pValue).toBe(1)
  })

  it('turn round with the arms', () => {
    const [one, other] = [strataOf(TWO), turnedRound(strataOf(TWO))].map((strata) =>
      combineStrata(strata, { confidence: 0.9 }),
    )
    expect(other?.difference.value).toBe(-(one?.difference.value ?? 0))
    expect(other?.difference.low).toBeCloseTo(-(one?.difference.high ?? 0), 15)
    expect(other?.pValue).toBe(one?.pValue)
    expect(other?.z).toBe(-(one?.z ?? 0))
    expect(one?.z).toBeGreaterThan(0)
  })

  it('leave out strata in which an arm is empty', () => {
    const withEmpty = strataOf([...TWO, [0, 0, 7, 90], [5, 80, 0, 0]])
    const { strataUsed, ...found } = combineStrata(withEmpty, { confidence: 0.95 })
    expect(strataUsed).toBe(2)
    expect(found).toMatchObject({ difference: combineStrata(strataOf(TWO), { confidence: 0.95 }).difference })
  })

  it('have no chi-square when everybody did alike', () => {
    const found = combineStrata(strataOf([[0, 50, 0, 50]]), { confidence: 0.95 })
    expect(found).toMatchObject({ chiSquare: null, z: null, pValue: 1 })
  })

  it.each([
    [[], 0.95, 'strata'],
    [[[0, 0, 3, 9]], 0.95, 'strata'],
    [[[5, 4, 3, 9]], 0.95, 'strata[0].a.successes'],
    [[...TWO, [1, 4, 1.5, 9]], 0.95, 'strata[2].b.successes'],
    [[[1, 0, 3, 9]], 0.95, 'strata[0].a.trials'],
    [TWO, 1, 'confidence'],
  ] as const)('refuse %j at %d', (rows, confidence, path) => {
    expect(() => combineStrata(strataOf(rows), { confidence })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })

  it('cover the truth and alarm as often as they say, with rates that differ by wave', () => {
    const random = createSeededRandom('waves')
    const draw = (trials: number, rate: number) => {
      let successes = 0
      for (let trial = 0; trial < trials; trial += 1) if (random.uniform() < rate) successes += 1
      return { successes, trials }
    }
    const worlds = 2_000
    let covered = 0
    let alarms = 0
    for (let world = 0; world < worlds; world += 1) {
      const waves = [0.02, 0.05, 0.1, 0.2]
      const shifted = waves.map((rate) => ({ a: draw(60, rate + 0.03), b: draw(40, rate) }))
      const { low, high } = combineStrata(shifted, { confidence: 0.95 }).difference
      if (low <= 0.03 && 0.03 <= high) covered += 1
      const equal = waves.map((rate) => ({ a: draw(60, rate), b: draw(40, rate) }))
      if (combineStrata(equal, { confidence: 0.95 }).pValue < 0.05) alarms += 1
    }
    // three standard errors of 2,000 worlds are 0.0146
    expect(Math.abs(covered / worlds - 0.95)).toBeLessThan(0.0146)
    expect(alarms / worlds).toBeLessThan(0.0646)
  })
})
