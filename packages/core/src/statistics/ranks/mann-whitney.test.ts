import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { RANKS } from './mann-whitney.fixture.js'
import { type MannWhitneyMethod, mannWhitney } from './mann-whitney.js'

const METHODS = ['mann-whitney-normal', 'mann-whitney-normal-continuity', 'mann-whitney-exact'] as const

describe('the test of Mann and Whitney', () => {
  it.each(RANKS)('with U = $u is that of R', (row) => {
    for (const [alternative, wanted] of [
      ['two-sided', row.twoSided],
      ['greater', row.greater],
      ['less', row.less],
    ] as const) {
      METHODS.forEach((method, index) => {
        const pValue = wanted[index]
        if (pValue === null || pValue === undefined) return
        const test = mannWhitney(row.x, row.y, { alternative, method })
        expect(test.method).toBe(method)
        expect(relativeError(test.pValue, pValue)).toBeLessThan(1e-12)
      })
    }
    const { u, shift, superiority } = mannWhitney(row.x, row.y)
    expect([u, superiority]).toEqual([row.u, row.u / row.x.length / row.y.length])
    expect(relativeError(shift, row.shift, 1)).toBeLessThan(1e-12)
  })

  it.each<[string, number, number, boolean, MannWhitneyMethod]>([
    ['small arms without ties', 49, 49, false, 'mann-whitney-exact'],
    ['small arms with ties', 10, 10, true, 'mann-whitney-normal-continuity'],
    ['a larger arm', 50, 3, false, 'mann-whitney-normal-continuity'],
  ])('takes by itself for %s the distribution that fits', (_why, n, m, hasTies, method) => {
    const a = Array.from({ length: n }, (_, index) => 2 * index)
    const b = Array.from({ length: m }, (_, index) => 2 * index + (hasTies ? 0 : 1))
    expect(mannWhitney(a, b)).toMatchObject({ method, rule: 'ties-or-size' })
  })

  it('says nothing where all values are equal', () => {
    expect(mannWhitney([1, 1, 1], [1, 1])).toMatchObject({
      z: null,
      pValue: 1,
      superiority: 0.5,
      shift: 0,
    })
  })

  it.each([
    [[], [1], {}, 'a'],
    [[1], [2, Number.NaN], {}, 'b[1]'],
    [[1], [1], { method: 'mann-whitney-exact' as const }, 'method'],
    [[1], [2], { method: 'other' as 'automatic' }, 'method'],
    [[1], [2], { alternative: 'other' as 'less' }, 'alternative'],
    [
      [0.5],
      Array.from({ length: 101 }, (_, index) => index),
      { method: 'mann-whitney-exact' as const },
      'method',
    ],
  ])('refuses %j against %j with path %4$s', (a, b, options, path) => {
    expect(() => mannWhitney(a, b, options)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })

  it('turns with the arms and does not change with a rising scale; the shift is the median of all differences', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 15 })
    fc.assert(
      fc.property(values, values, (a, b) => {
        const test = mannWhitney(a, b)
        const back = mannWhitney(b, a)
        expect(back.u).toBe(a.length * b.length - test.u)
        expect(relativeError(back.pValue, test.pValue)).toBeLessThan(1e-12)
        expect(back.shift).toBeCloseTo(-test.shift, 12)
        const stretched = mannWhitney(a.map(Math.exp), b.map(Math.exp))
        expect(stretched.pValue).toBe(test.pValue)
        const all = a.flatMap((x) => b.map((y) => x - y)).sort((x, y) => x - y)
        const middle = (all[Math.ceil(all.length / 2) - 1]! + all[Math.floor(all.length / 2)]!) / 2
        expect(test.shift).toBe(middle)
      }),
      { seed: 17, numRuns: 100 },
    )
  })

  it('ranks a hundred thousand values an arm', () => {
    const a = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003)
    const b = a.map((value) => value - 5)
    expect(mannWhitney(a, b).shift).toBe(5)
  })
})
