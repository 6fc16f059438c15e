import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newcombeInterval } from '../proportions/difference.js'
import { liftInterval } from '../proportions/lift.js'
import { agrees, BERKELEY, RARE, SMALL, type StratumRow, strataOf, TWO } from './strata.fixture.js'
import { stratifiedLift } from './stratified-lift.js'
import { stratifiedNewcombe } from './stratified-newcombe.js'

type Ends = readonly [value: number, low: number, high: number]

const expectEnds = (
  found: { readonly value: number; readonly low: number; readonly high: number } | null,
  [value, low, high]: Ends,
) => {
  expect(agrees(found?.value, value)).toBe(true)
  expect(agrees(found?.low, low)).toBe(true)
  expect(agrees(found?.high, high)).toBe(true)
}

const counts = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
const runs = { seed: 5, numRuns: 200 }

describe('the lift within strata', () => {
  // the formula of Greenland and Robins in 40 digits, with mpmath
  it.each<[readonly StratumRow[], Ends]>([
    [TWO, [0.4166666666666667, 0.041822800102178016, 0.9263779255432028]],
    [SMALL, [2.2058823529411766, -0.02204093949000712, 9.509316878295476]],
    [BERKELEY, [-0.05509497740407106, -0.13354776731699625, 0.030461308827471556]],
    [RARE, [-0.3611111111111111, -0.7704459737913274, 0.7781391992429272]],
  ])('is that of Mantel and Haenszel, its interval that of Greenland and Robins (%#)', (rows, ends) => {
    expectEnds(stratifiedLift(strataOf(rows), 0.95), ends)
  })

  it('is the lift of one stratum', () => {
    fc.assert(
      fc.property(counts, counts, ([n, p], [m, q]) => {
        const [a, b] = [
          { successes: Math.floor(n * p), trials: n },
          { successes: Math.floor(m * q), trials: m },
        ]
        const [within, alone] = [stratifiedLift([{ a, b }], 0.9), liftInterval(a, b, 0.9)]
        expect(within === null).toBe(alone === null)
        if (alone === null) return
        expect(within?.value).toBeCloseTo(alone.value, 10)
        expect(Math.log1p(within?.low ?? 0)).toBeCloseTo(Math.log1p(alone.low), 6)
        expect(Math.log1p(within?.high ?? 0)).toBeCloseTo(Math.log1p(alone.high), 6)
      }),
      runs,
    )
  })

  it('is none where an arm has no success', () => {
    expect(
      stratifiedLift(
        strataOf([
          [0, 50, 3, 50],
          [0, 20, 1, 30],
        ]),
        0.95,
      ),
    ).toBeNull()
    expect(
      stratifiedLift(
        strataOf([
          [4, 50, 0, 50],
          [0, 20, 0, 30],
        ]),
        0.95,
      ),
    ).toBeNull()
  })

  it('refuses another confidence', () => {
    expect(() => stratifiedLift(strataOf(TWO), 1)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'confidence' }),
    )
  })
})

describe('the stratified Newcombe interval', () => {
  // the formula in 40 digits, with mpmath
  it.each<[readonly StratumRow[], Ends]>([
    [TWO, [0.041666666666666664, 0.00472486526019699, 0.07873724673980881]],
    [SMALL, [0.26093439363817095, 0.016081702703698346, 0.48120542652279463]],
    [BERKELEY, [-0.018425196190852512, -0.0501800717870249, 0.013364973590453888]],
    [RARE, [-0.003601108033240997, -0.014047983715357855, 0.007075846540570457]],
  ])('is that of the rates that are put together (%#)', (rows, ends) => {
    expectEnds(stratifiedNewcombe(strataOf(rows), 0.95), ends)
  })

  it('is that of the sums where shares are equal', () => {
    const strata = strataOf([
      [0, 20, 3, 30],
      [7, 40, 9, 60],
      [40, 40, 59, 60],
    ])
    const { value, low, high } = stratifiedNewcombe(strata, 0.99)
    const sums = newcombeInterval({ successes: 47, trials: 100 }, { successes: 71, trials: 150 }, 0.99)
    expect(value).toBeCloseTo(sums.value, 14)
    expect(low).toBeCloseTo(sums.low, 14)
    expect(high).toBeCloseTo(sums.high, 14)
  })

  it('has a width where nobody answered, and stays within -1 and 1', () => {
    const none = stratifiedNewcombe(
      strataOf([
        [0, 5, 0, 9],
        [0, 3, 0, 4],
      ]),
      0.95,
    )
    expect(none.value).toBe(0)
    expect(none.low).toBeLessThan(-0.1)
    const all = stratifiedNewcombe(
      strataOf([
        [5, 5, 0, 9],
        [3, 3, 0, 4],
      ]),
      0.95,
    )
    expect(all.value).toBe(1)
    expect(all.high).toBeCloseTo(1, 15)
  })

  it('refuses another confidence', () => {
    expect(() => stratifiedNewcombe(strataOf(TWO), 0)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'confidence' }),
    )
  })
})
