import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  agrees,
  BERKELEY,
  SIMPSON,
  type StratumRow,
  strataOf,
  TWO,
  turnedRound,
} from '../strata/strata.fixture.js'
import { compareProportionsAnytime } from './compare-proportions-anytime.js'
import { compareStrataAnytime } from './compare-strata-anytime.js'

const AT_95 = { confidence: 0.95 }

interface Expected {
  readonly rows: readonly StratumRow[]
  readonly confidence: number
  readonly plannedSuccesses?: number
  readonly logEvidence: number
  readonly lift: readonly [number, number, number]
  readonly difference: readonly [number, number, number]
}

// the integral by Gauss-Legendre and the ends by bisection in 30 digits, with mpmath
const EXPECTED: readonly Expected[] = [
  {
    rows: [
      [120, 1_000, 60, 1_000],
      [30, 1_800, 1, 200],
    ],
    confidence: 0.95,
    logEvidence: 8.554138063657227,
    lift: [1.0307202511909557, 0.22628370432811884, 2.473802509788369],
    difference: [0.047205882352941174, 0.010858346066361574, 0.09756554300818635],
  },
  {
    rows: [
      [40, 900, 3, 100],
      [5, 100, 40, 900],
      [7, 50, 2, 60],
    ],
    confidence: 0.95,
    logEvidence: 0.190594024377566,
    lift: [0.5784893355673586, -0.3380020233269547, 2.6522294930670265],
    difference: [0.022719298245614035, -0.02862797430371471, 0.09709444674252327],
  },
  {
    rows: [
      [1_200, 30_000, 1_100, 30_000],
      [800, 9_000, 100, 1_000],
      [55, 700, 300, 4_000],
    ],
    confidence: 0.99,
    logEvidence: -1.1969765497996323,
    lift: [0.062043577042007976, -0.07862009238325306, 0.22474580128184451],
    difference: [0.002553850122533213, -0.0037519581784313605, 0.009208799919247135],
  },
  {
    rows: [
      [3, 40, 1, 30],
      [1, 9, 1, 90],
    ],
    confidence: 0.9,
    plannedSuccesses: 10,
    logEvidence: 0.04083740643205603,
    lift: [3.266095604068345, -0.655404159308416, 91.70757584595802],
    difference: [0.06051282051282051, -0.12731981828465538, 0.368654722062476],
  },
]

describe('two proportions within strata, at any look,', () => {
  it.each(EXPECTED)('have the evidence and the intervals that were worked out elsewhere (%#)', (expected) => {
    const { rows, confidence, plannedSuccesses = 250 } = expected
    const look = compareStrataAnytime(strataOf(rows), { confidence, plannedSuccesses })
    expect(agrees(look.logEvidence, expected.logEvidence)).toBe(true)
    for (const scale of ['lift', 'difference'] as const) {
      const [value, low, high] = expected[scale]
      expect(agrees(look[scale]?.value, value)).toBe(true)
      expect(agrees(look[scale]?.low, low)).toBe(true)
      expect(agrees(look[scale]?.high, high)).toBe(true)
    }
  })

  it('are what they are without strata where shares are one half', () => {
    const count = fc.integer({ min: 1, max: 50_000 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const stratum = fc.tuple(count, share, share)
    fc.assert(
      fc.property(fc.array(stratum, { minLength: 1, maxLength: 5 }), (all) => {
        const strata = strataOf(
          all.map(([n, p, q]) => [Math.floor(n * p * p), n, Math.floor(n * q * q), n] as const),
        )
        const sum = (arm: 'a' | 'b', of: 'successes' | 'trials') =>
          strata.reduce((total, each) => total + each[arm][of], 0)
        const whole = (arm: 'a' | 'b') => ({ successes: sum(arm, 'successes'), trials: sum(arm, 'trials') })
        const pooled = compareProportionsAnytime(whole('a'), whole('b'), AT_95)
        const within = compareStrataAnytime(strata, AT_95)
        const scale = Math.max(1, Math.abs(pooled.logEvidence))
        expect(Math.abs(within.logEvidence - pooled.logEvidence)).toBeLessThan(1e-10 * scale)
        for (const end of ['value', 'low', 'high'] as const)
          expect(within.difference[end]).toBeCloseTo(pooled.difference[end], 11)
      }),
      { seed: 3, numRuns: 100 },
    )
  })

  it('are what they are without strata but for the prior, where shares are equal', () => {
    const strata = strataOf([
      [90, 1_800, 5, 200],
      [45, 900, 2, 100],
    ])
    const whole = compareProportionsAnytime(
      { successes: 135, trials: 2_700 },
      { successes: 7, trials: 300 },
      AT_95,
    )
    const within = compareStrataAnytime(strata, AT_95)
    expect(within.difference.value).toBeCloseTo(whole.difference.value, 14)
    expect(within.lift?.value).toBeCloseTo(whole.lift?.value ?? 0, 12)
    expect(Math.abs(within.logEvidence - whole.logEvidence)).toBeLessThan(0.5)
  })

  it('do not take a difference between strata for one between arms', () => {
    const strata = strataOf(SIMPSON)
    expect(compareStrataAnytime(strata, AT_95).pValue).toBe(1)
    const whole = compareProportionsAnytime(
      { successes: 184, trials: 2_000 },
      { successes: 56, trials: 2_000 },
      AT_95,
    )
    expect(whole.pValue).toBeLessThan(1e-9)
  })

  it('say the same with the arms turned round', () => {
    const [one, other] = [strataOf(BERKELEY), turnedRound(strataOf(BERKELEY))].map((strata) =>
      compareStrataAnytime(strata, AT_95),
    )
    expect(other?.logEvidence).toBeCloseTo(one?.logEvidence ?? 0, 10)
    expect(other?.difference.low).toBeCloseTo(-(one?.difference.high ?? 0), 12)
    expect(other?.difference.value).toBe(-(one?.difference.value ?? 0))
  })

  it('leave out 0 exactly when the p-value is below the error, and hold what was observed', () => {
    const count = fc.integer({ min: 1, max: 3_000 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const row = fc.tuple(count, share, count, share)
    const confidence = fc.constantFrom(0.001, 0.5, 0.95, 0.999999)
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), confidence, (rows, level) => {
        const strata = strataOf(
          rows.map(([n, p, m, q]) => [Math.floor(n * p), n, Math.floor(m * q), m] as const),
        )
        const { pValue, difference, lift } = compareStrataAnytime(strata, { confidence: level })
        for (const { low, high, value } of lift === null ? [difference] : [difference, lift]) {
          expect(low).toBeLessThanOrEqual(value + 1e-12)
          expect(high).toBeGreaterThanOrEqual(value - 1e-12)
          if (Math.abs(pValue / (1 - level) - 1) > 1e-9) expect(low > 0 || high < 0).toBe(pValue < 1 - level)
        }
      }),
      { seed: 17, numRuns: 300 },
    )
  })

  it('have intervals without end where an arm has no success, and no lift', () => {
    const none = compareStrataAnytime(
      strataOf([
        [0, 500, 0, 100],
        [0, 80, 0, 90],
      ]),
      AT_95,
    )
    expect(none).toMatchObject({ lift: null, pValue: 1, difference: { value: 0 } })
    expect(none.difference.high).toBeGreaterThan(0.001)
    const one = compareStrataAnytime(
      strataOf([
        [0, 500, 30, 500],
        [0, 80, 9, 90],
      ]),
      AT_95,
    )
    expect(one.lift).toBeNull()
    expect(one.pValue).toBeLessThan(0.05)
    expect(one.difference.low).toBeLessThan(one.difference.value)
    expect(one.difference.high).toBeLessThan(0)
  })

  it('hold far from what was expected: few successes, extreme shares, a strong prior', () => {
    const far = strataOf([
      [3, 10, 0, 1e9],
      [1e6, 1e12, 5, 10],
    ])
    for (const plannedSuccesses of [1, 250, 1e9]) {
      const look = compareStrataAnytime(far, { confidence: 0.95, plannedSuccesses })
      expect(Number.isFinite(look.logEvidence)).toBe(true)
      expect(look.lift?.low).toBeLessThanOrEqual(look.lift?.value ?? 0)
    }
  })

  it('remember the smallest p-value, and leave out strata in which an arm is empty', () => {
    const look = compareStrataAnytime(strataOf([...TWO, [0, 0, 7, 90]]), { ...AT_95, previousPValue: 0.01 })
    expect(look).toMatchObject({ strataUsed: 2, runningPValue: 0.01 })
    expect(look.logEvidence).toBe(compareStrataAnytime(strataOf(TWO), AT_95).logEvidence)
  })

  it.each([
    [[[0, 0, 3, 9]], {}, 'strata'],
    [[[5, 4, 3, 9]], {}, 'strata[0].a.successes'],
    [TWO, { confidence: 1 }, 'confidence'],
    [TWO, { plannedSuccesses: 0 }, 'plannedSuccesses'],
    [TWO, { previousPValue: 2 }, 'previousPValue'],
  ] as const)('refuse %j with %j', (rows, more, path) => {
    expect(() => compareStrataAnytime(strataOf(rows), { ...AT_95, ...more })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
