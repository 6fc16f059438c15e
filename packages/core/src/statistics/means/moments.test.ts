import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { mergeMoments, momentsOf } from './moments.js'
import { pairMomentsFromSums, pairMomentsOf } from './pair-moments.js'

async function* streamOf<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

/** Values of a pattern, so that mean and variance are known as fractions. */
const pattern = (base: number, step: number, many: number) =>
  Array.from({ length: many }, (_, index) => base + (index % 3) * step)

describe('the moments of a stream', () => {
  // the variance of 0, 1, 2 in turns, 3 k values: 2 k / (3 k - 1), times the square of the step
  it.each([
    [0, 1, 3],
    [1e9, 1, 3000],
    [-1e15, 1, 300],
    [1e8, 2 ** -20, 99_999],
  ])('keeps its digits: %d and steps of %d, %d values', async (base, step, many) => {
    const { count, mean, variance } = await momentsOf(pattern(base, step, many))
    expect(count).toBe(many)
    expect(mean).toBe(base + step)
    expect(relativeError(variance, (step * step * ((2 * many) / 3)) / (many - 1))).toBeLessThan(1e-14)
  })

  it('takes what comes one by one as well', async () => {
    const values = pattern(3, 0.1, 100)
    expect(await momentsOf(streamOf(values))).toEqual(await momentsOf(values))
  })

  it('has a variance of 0 below two values', async () => {
    expect(await momentsOf([])).toEqual({ count: 0, mean: 0, variance: 0 })
    expect(await momentsOf([7])).toEqual({ count: 1, mean: 7, variance: 0 })
    expect(mergeMoments()).toEqual({ count: 0, mean: 0, variance: 0 })
  })

  it('refuses what is not a number, with its place', async () => {
    await expect(momentsOf([1, Number.NaN])).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'values[1]' }),
    )
    await expect(momentsOf(streamOf([Number.POSITIVE_INFINITY]))).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'values[0]' }),
    )
    expect(() => mergeMoments({ count: 1, mean: 0, variance: -1 })).toThrow(
      expect.objectContaining({ path: 'parts[0].variance' }),
    )
  })

  it('of parts put together are those of the whole, however it is cut', async () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(values, fc.nat(60), fc.nat(60), async (all, first, second) => {
        const [from, to] = [Math.min(first, second), Math.max(first, second)]
        const parts = [all.slice(0, from), all.slice(from, to), all.slice(to)]
        const merged = mergeMoments(...(await Promise.all(parts.map((part) => momentsOf(part)))))
        const whole = await momentsOf(all)
        expect(merged.count).toBe(whole.count)
        expect(relativeError(merged.mean, whole.mean, 1e-3)).toBeLessThan(1e-9)
        expect(relativeError(merged.variance, whole.variance, 1e-3)).toBeLessThan(1e-9)
      }),
      { seed: 21, numRuns: 60 },
    )
  })
})

describe('the moments of pairs', () => {
  it('are those of both figures, and their covariance', async () => {
    const pairs = pattern(1e9, 1, 300).map((x, index): [number, number] => [2 * x + (index % 2), x])
    const moments = await pairMomentsOf(streamOf(pairs))
    expect(moments.x).toEqual(withoutCount(await momentsOf(pairs.map(([, x]) => x))))
    expect(moments.y).toEqual(withoutCount(await momentsOf(pairs.map(([y]) => y))))
    // x takes its three values alike with either half of index % 2, so that only 2 var(x) is left
    expect(relativeError(moments.covariance, 2 * moments.x.variance)).toBeLessThan(1e-14)
    expect(await pairMomentsOf(pairs)).toEqual(moments)
  })

  it('come out of whole sums with full precision', async () => {
    const pairs = pattern(1_000_000, 1, 300).map((x, index): [number, number] => [x + 5 * (index % 7), x])
    const sums = { count: 0, y: 0, x: 0, yy: 0, xx: 0, xy: 0 }
    for (const [y, x] of pairs) {
      sums.count += 1
      sums.y += y
      sums.x += x
      sums.yy += y * y
      sums.xx += x * x
      sums.xy += x * y
    }
    const [given, streamed] = [pairMomentsFromSums(sums), await pairMomentsOf(pairs)]
    expect(relativeError(given.x.variance, streamed.x.variance)).toBeLessThan(1e-13)
    expect(relativeError(given.y.variance, streamed.y.variance)).toBeLessThan(1e-13)
    expect(relativeError(given.covariance, streamed.covariance)).toBeLessThan(1e-12)
  })

  it('refuse what cannot be', async () => {
    await expect(pairMomentsOf([[1, Number.NaN]])).rejects.toThrow(
      expect.objectContaining({ path: 'pairs[0][1]' }),
    )
    await expect(pairMomentsOf([[Number.NaN, 1]])).rejects.toThrow(
      expect.objectContaining({ path: 'pairs[0][0]' }),
    )
    const sums = { count: 3, y: 9, x: 12, yy: 41, xx: 56, xy: 46 }
    expect(() => pairMomentsFromSums({ ...sums, yy: 20 })).toThrow(
      expect.objectContaining({ path: 'sums.yy' }),
    )
    expect(() => pairMomentsFromSums({ ...sums, xy: 460 })).toThrow(
      expect.objectContaining({ path: 'sums.covariance' }),
    )
    expect(() => pairMomentsFromSums({ ...sums, count: 0 })).toThrow(
      expect.objectContaining({ path: 'sums.count' }),
    )
    expect(() => pairMomentsFromSums({ ...sums, x: Number.NaN })).toThrow(
      expect.objectContaining({ path: 'sums.x' }),
    )
    // ten times 0.1: the sums are rounded, the spread is none
    const tenths = { count: 10, y: 0.1 * 10, x: 10, yy: 0.01 * 10, xx: 10, xy: 1 }
    expect(pairMomentsFromSums(tenths).y.variance).toBeLessThan(1e-16)
  })
})

function withoutCount({ mean, variance }: { mean: number; variance: number }) {
  return { mean, variance }
}
