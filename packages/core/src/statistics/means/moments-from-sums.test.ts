import { describe, expect, it } from 'vitest'
import { momentsOf } from './moments.js'
import { momentsFromSums } from './moments-from-sums.js'
import { welchTest } from './welch.js'

const A = [0, 0, 0, 1999, 0, 4500, 0, 0, 1250, 0, 0, 999]
const B = [0, 0, 899, 0, 0, 0, 1100, 0]
const sumsOf = (values: readonly number[]) => ({
  count: values.length,
  sum: values.reduce((sum, value) => sum + value, 0),
  squares: values.reduce((sum, value) => sum + value * value, 0),
})

describe('moments from sums', () => {
  it('are those of the values', async () => {
    for (const values of [A, B, [7], [3, 3, 3], [-5, 5]]) {
      const { count, mean, variance } = await momentsOf(values)
      const fromSums = momentsFromSums(sumsOf(values))
      expect(fromSums.count).toBe(count)
      expect(fromSums.mean).toBeCloseTo(mean, 9)
      expect(fromSums.variance).toBeCloseTo(variance, 6)
    }
  })

  it('give the interval of R (4.x, t.test)', () => {
    const { difference } = welchTest(momentsFromSums(sumsOf(A)), momentsFromSums(sumsOf(B)), {
      confidence: 0.95,
    })
    expect(difference?.low).toBeCloseTo(-432.6734534902803, 8)
    expect(difference?.high).toBeCloseTo(1390.9234534902803, 8)
  })

  it('keep every digit of large amounts that are near to each other', () => {
    const values = [30_000_001, 30_000_000, 29_999_999]
    expect(momentsFromSums(sumsOf(values)).variance).toBe(1)
    expect(momentsFromSums({ count: 2, sum: 2 * 67_108_863, squares: 2 * 67_108_863 ** 2 }).variance).toBe(0)
  })

  it.each([
    ['count', { count: 0, sum: 0, squares: 0 }],
    ['count', { count: 1.5, sum: 0, squares: 0 }],
    ['sum', { count: 1, sum: Number.NaN, squares: 0 }],
    ['squares', { count: 1, sum: 0, squares: -1 }],
    ['squares', { count: 2, sum: 10, squares: 49 }],
  ])('refuse a %s that cannot be: %j', (path, sums) => {
    expect(() => momentsFromSums(sums)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
