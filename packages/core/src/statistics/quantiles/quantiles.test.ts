import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { compareQuantiles } from './compare-quantiles.js'
import { type QuantileType, quantileOf } from './quantile.js'
import { quantileInterval } from './quantile-interval.js'
import { QUANTILES, RANKS } from './quantiles.fixture.js'

const upTo = (many: number) => Array.from({ length: many }, (_, index) => index + 1)

describe('a quantile', () => {
  it.each(QUANTILES)('at $p is that of R, by each definition', ({ x, p, v }) => {
    v.forEach((wanted, index) => {
      const type = (index + 4) as QuantileType
      expect(relativeError(quantileOf(x, p, { type }), wanted)).toBeLessThan(1e-12)
    })
    expect(quantileOf(x, p)).toBe(quantileOf(x, p, { type: 7 }))
  })

  it('rises with the probability and lies among the values', () => {
    const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const type = fc.constantFrom<QuantileType>(4, 5, 6, 7, 8, 9)
    fc.assert(
      fc.property(values, share, share, type, (given, p, q, by) => {
        const [low, high] = [Math.min(p, q), Math.max(p, q)].map((at) => quantileOf(given, at, { type: by }))
        expect(low! - high!).toBeLessThan(1e-10)
        expect(low! - Math.min(...given)).toBeGreaterThan(-1e-10)
        expect(high! - Math.max(...given)).toBeLessThan(1e-10)
      }),
      { seed: 9, numRuns: 100 },
    )
  })

  it.each([
    [[], 0.5, 7, 'values'],
    [[1, Number.NaN], 0.5, 7, 'values[1]'],
    [[1], 1.5, 7, 'probability'],
    [[1], 0.5, 3, 'type'],
  ])('of %j at %d by %d is refused with path %s', (values, probability, type, path) => {
    expect(() => quantileOf(values, probability, { type: type as QuantileType })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})

describe('the interval of a quantile', () => {
  it.each(RANKS)('at $p of $n values at $conf goes from rank $l to rank $u', ({ n, p, conf, l, u, cov }) => {
    const found = quantileInterval(upTo(n), p, { confidence: conf })
    expect([found.low, found.high]).toEqual([l < 1 ? null : l, u > n ? null : u])
    expect(relativeError(found.coverage, cov)).toBeLessThan(1e-12)
    expect(found.coverage).toBeGreaterThanOrEqual(conf - 1e-12)
    expect(found).toMatchObject({ method: 'order-statistics', type: 7, value: quantileOf(upTo(n), p) })
  })

  it.each([
    [0, 0.95, 'probability'],
    [0.5, 1, 'confidence'],
  ])('at %d and %d is refused with path %s', (probability, confidence, path) => {
    expect(() => quantileInterval([1, 2], probability, { confidence })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })

  it('takes the rank itself where a tail is met exactly', () => {
    // P(B < 1) of ten halves is 2^-10: at a confidence of 1 - 2^-9 the first and the last value are the ends
    expect(quantileInterval(upTo(10), 0.5, { confidence: 1 - 2 ** -9 })).toMatchObject({ low: 1, high: 10 })
    expect(quantileInterval(upTo(10), 0.5, { confidence: 1 - 2 ** -10 })).toMatchObject({
      low: null,
      high: null,
    })
  })
})

describe('comparing a quantile of two arms', () => {
  it('puts the two intervals together', () => {
    const compared = compareQuantiles(
      upTo(99).map((value) => 2 * value),
      upTo(99),
      0.5,
      { confidence: 0.95 },
    )
    // medians 100 and 50; ends at the ranks 40 and 60
    expect(compared.difference.value).toBe(50)
    expect(compared.difference.low).toBeCloseTo(50 - Math.hypot(20, 10), 12)
    expect(compared.difference.high).toBeCloseTo(50 + Math.hypot(20, 10), 12)
    expect(compared).toMatchObject({ method: 'recovered-variances', confidence: 0.95 })
  })

  it('has no end where an arm has too few values for it', () => {
    const { difference } = compareQuantiles(upTo(3), upTo(99), 0.5, { confidence: 0.95 })
    expect(difference).toMatchObject({ low: null, high: null })
  })

  it('turns its sign when the two change places, and moves with the values', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 20, maxLength: 60 })
    fc.assert(
      fc.property(values, values, (a, b) => {
        const options = { confidence: 0.9 }
        const there = compareQuantiles(a, b, 0.4, options).difference
        const back = compareQuantiles(b, a, 0.4, options).difference
        expect(back.value).toBeCloseTo(-there.value, 10)
        expect(back.low).toBeCloseTo(-Number(there.high), 10)
        const moved = compareQuantiles(
          a.map((value) => value + 8),
          b,
          0.4,
          options,
        ).difference
        expect(moved.low).toBeCloseTo(Number(there.low) + 8, 10)
      }),
      { seed: 19, numRuns: 60 },
    )
  })

  it('names the arm that is wrong', () => {
    expect(() => compareQuantiles([1], [], 0.5, { confidence: 0.9 })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'b' }),
    )
  })
})
