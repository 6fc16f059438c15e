import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../model/verdict.js'
import { relativeError } from '../relative-error.fixture.js'
import { CUPED } from './cuped.fixture.js'
import { compareWithCuped, cupedAdjusted } from './cuped.js'
import { type PairMoments, pairMomentsFromSums } from './pair-moments.js'
import { RATIOS } from './ratio-metric.fixture.js'
import { compareRatios, ratioMetric } from './ratio-metric.js'
import { WELCH } from './welch.fixture.js'
import { welchTest } from './welch.js'

const momentsFrom = ([count, mean, variance]: readonly [number, number, number]) => ({
  count,
  mean,
  variance,
})

function expectLift(lift: Estimate | null, wanted: readonly number[] | null | undefined): void {
  if (wanted === null || wanted === undefined) {
    expect(lift).toBeNull()
    return
  }
  for (const [index, end] of [lift?.value, lift?.low, lift?.high].entries()) {
    expect(relativeError(end, wanted[index] ?? Number.NaN, 1)).toBeLessThan(1e-12)
  }
}

describe("Welch's test", () => {
  it.each(WELCH)('with t = $t and $df degrees of freedom is exact to 1e-12', (row) => {
    const [a, b] = [momentsFrom(row.a), momentsFrom(row.b)]
    const test = welchTest(a, b, { confidence: row.conf })
    expect(relativeError(test.t, row.t)).toBeLessThan(1e-12)
    expect(relativeError(test.df, row.df)).toBeLessThan(1e-12)
    expect(relativeError(test.pValue, row.p)).toBeLessThan(1e-12)
    const greater = welchTest(a, b, { confidence: row.conf, alternative: 'greater' })
    expect(relativeError(greater.pValue, row.g)).toBeLessThan(1e-12)
    expect(relativeError(test.standardError, row.se)).toBeLessThan(1e-12)
    expect(relativeError(test.difference?.low, row.lo, row.se)).toBeLessThan(1e-12)
    expect(relativeError(test.difference?.high, row.hi, row.se)).toBeLessThan(1e-12)
    expectLift(test.lift.delta, row.delta)
    expectLift(test.lift.fieller, row.fieller)
  })

  it('has nothing to measure by when neither arm has any spread', () => {
    const constant = { count: 5, mean: 3, variance: 0 }
    expect(welchTest(constant, { ...constant, mean: 4 }, { confidence: 0.95 })).toEqual({
      method: 'welch-t',
      t: null,
      df: null,
      pValue: 1,
      standardError: 0,
      difference: null,
      lift: { delta: null, fieller: null },
    })
  })

  it('gives no lift over a mean that is not above 0, or when there is nothing to measure it by', () => {
    const a = { count: 5, mean: 3, variance: 1 }
    expect(welchTest(a, { ...a, mean: 0 }, { confidence: 0.95 }).lift).toEqual({ delta: null, fieller: null })
    expect(welchTest({ count: 5, mean: 0, variance: 0 }, a, { confidence: 0.95 }).lift.delta).toBeNull()
    const unsure = welchTest(a, { count: 5, mean: 0.1, variance: 1 }, { confidence: 0.95 }).lift
    expect(unsure.delta).not.toBeNull()
    expect(unsure.fieller).toBeNull()
  })

  it.each([
    [{ count: 1, mean: 0, variance: 0 }, 0.95, 'a.count'],
    [{ count: 2, mean: Number.NaN, variance: 0 }, 0.95, 'a.mean'],
    [{ count: 2, mean: 0, variance: -1 }, 0.95, 'a.variance'],
    [{ count: 2, mean: 0, variance: 1 }, 1, 'confidence'],
  ])('refuses %j at %d with path %s', (a, confidence, path) => {
    expect(() => welchTest(a, { count: 2, mean: 0, variance: 1 }, { confidence })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })

  it('turns with the arms, and does not change with the unit or with the place of 0', () => {
    const arm = fc.record({
      count: fc.integer({ min: 2, max: 10_000 }),
      mean: fc.double({ min: 1, max: 100, noNaN: true }),
      variance: fc.double({ min: 0.1, max: 100, noNaN: true }),
    })
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const test = welchTest(a, b, { confidence: 0.9 })
        const back = welchTest(b, a, { confidence: 0.9 })
        expect(Number(back.t) + Number(test.t)).toBe(0)
        expect(back.pValue).toBe(test.pValue)
        const inCents = (each: typeof a) => ({
          ...each,
          mean: each.mean * 128,
          variance: each.variance * 128 ** 2,
        })
        const cents = welchTest(inCents(a), inCents(b), { confidence: 0.9 })
        expect(cents.pValue).toBe(test.pValue)
        expect(cents.lift).toEqual(test.lift)
        const [less, greater] = (['less', 'greater'] as const).map(
          (alternative) => welchTest(a, b, { confidence: 0.9, alternative }).pValue,
        )
        expect(Number(less) + Number(greater)).toBeCloseTo(1, 12)
        const covers = Number(test.difference?.low) <= 0 && Number(test.difference?.high) >= 0
        expect(covers).toBe(test.pValue >= 0.1 - 1e-9)
      }),
      { seed: 13, numRuns: 100 },
    )
  })
})

describe('a ratio of two sums', () => {
  it.each(RATIOS)(
    'of $S.y over $S.x is exact to 1e-12, and so is the comparison with the one before',
    (row) => {
      const pairs = pairMomentsFromSums(row.S)
      const metric = ratioMetric(pairs)
      expect(metric.method).toBe('delta')
      expect(relativeError(metric.ratio, row.ratio)).toBeLessThan(1e-12)
      expect(relativeError(metric.variance, row.variance)).toBeLessThan(1e-12)
      const before = RATIOS[RATIOS.indexOf(row) - 1]
      if (before === undefined || row.conf === undefined) return
      const compared = compareRatios(pairs, pairMomentsFromSums(before.S), { confidence: row.conf })
      expect(relativeError(compared.z, Number(row.z))).toBeLessThan(1e-12)
      expect(relativeError(compared.pValue, Number(row.p))).toBeLessThan(1e-12)
      const width = Number(row.hi) - Number(row.lo)
      expect(relativeError(compared.difference?.low, Number(row.lo), width)).toBeLessThan(1e-12)
      expect(relativeError(compared.difference?.high, Number(row.hi), width)).toBeLessThan(1e-12)
      expectLift(compared.lift.delta, row.delta)
      expectLift(compared.lift.fieller, row.fieller)
    },
  )

  it('has no spread where every order costs the same, and then nothing is said', () => {
    const pairs = pairMomentsFromSums({ count: 4, y: 20, x: 4, yy: 200, xx: 8, xy: 40 })
    expect(ratioMetric(pairs)).toEqual({ method: 'delta', ratio: 5, variance: 0 })
    expect(compareRatios(pairs, pairs, { confidence: 0.95 })).toMatchObject({
      z: null,
      pValue: 1,
      difference: null,
      lift: { delta: null, fieller: null },
    })
  })

  it('refuses arms without orders', () => {
    const none = pairMomentsFromSums({ count: 4, y: 0, x: 0, yy: 0, xx: 0, xy: 0 })
    expect(() => ratioMetric(none)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'pairs.x.mean' }),
    )
    expect(() => compareRatios(none, none, { confidence: 0.95 })).toThrow(
      expect.objectContaining({ path: 'a.x.mean' }),
    )
  })
})

const pairsFrom = (arm: (typeof CUPED)[number]['A']): PairMoments => ({
  count: arm.count,
  y: { mean: arm.y[0], variance: arm.y[1] },
  x: { mean: arm.x[0], variance: arm.x[1] },
  covariance: arm.cov,
})

describe('CUPED', () => {
  it.each(CUPED)('with theta = $theta is exact to 1e-12', (row) => {
    const found = compareWithCuped(pairsFrom(row.A), pairsFrom(row.B), { confidence: 0.95 })
    for (const [got, wanted] of [
      [found.theta, row.theta],
      [found.correlation, row.rho],
      [found.a.mean, row.m1],
      [found.a.variance, row.v1],
      [found.b.mean, row.m2],
      [found.b.variance, row.v2],
      [found.comparison.t, row.t],
      [found.comparison.df, row.df],
      [found.comparison.pValue, row.p],
    ] as const) {
      expect(relativeError(got, wanted)).toBeLessThan(1e-12)
    }
    expect(relativeError(found.varianceReduction, row.red, 1)).toBeLessThan(1e-12)
  })

  it('saves the square of the correlation when the arms are alike', () => {
    const arm = { count: 50, y: { mean: 5, variance: 4 }, x: { mean: 2, variance: 9 }, covariance: 4.8 }
    const { correlation, varianceReduction } = compareWithCuped(arm, arm, { confidence: 0.95 })
    expect(correlation).toBeCloseTo(0.8, 12)
    expect(varianceReduction).toBeCloseTo(0.64, 12)
  })

  it('changes nothing when the covariate says nothing', () => {
    const a = { count: 50, y: { mean: 5, variance: 4 }, x: { mean: 2, variance: 0 }, covariance: 0 }
    const b = { ...a, y: { mean: 6, variance: 4 } }
    expect(cupedAdjusted([a, b])).toEqual({
      theta: 0,
      correlation: 0,
      arms: [
        { count: 50, mean: 5, variance: 4 },
        { count: 50, mean: 6, variance: 4 },
      ],
    })
    const still = { ...a, y: { mean: 5, variance: 0 } }
    expect(compareWithCuped(still, still, { confidence: 0.95 }).varianceReduction).toBe(0)
  })

  it('refuses a covariance that the variances do not allow', () => {
    const arm = { count: 50, y: { mean: 5, variance: 4 }, x: { mean: 2, variance: 9 }, covariance: 7 }
    expect(() => cupedAdjusted([arm])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'arms[0].covariance' }),
    )
    expect(() => compareWithCuped({ ...arm, covariance: 1 }, arm, { confidence: 0.95 })).toThrow(
      expect.objectContaining({ path: 'b.covariance' }),
    )
  })
})
