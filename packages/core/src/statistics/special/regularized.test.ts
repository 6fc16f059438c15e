import { describe, expect, it } from 'vitest'
import { minusProduct } from './exact-difference.js'
import { regularizedBeta } from './regularized-beta.js'
import { regularizedGamma } from './regularized-gamma.js'

const refusal = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })

describe('the regularised incomplete gamma functions', () => {
  it('are elementary for a shape of 1', () => {
    const { lower, upper, logUpper } = regularizedGamma(1, 30)
    expect(Math.abs(upper / Math.exp(-30) - 1)).toBeLessThan(1e-14)
    expect([lower + upper, logUpper]).toEqual([1, -30])
  })

  it('go from 0 to 1', () => {
    expect(regularizedGamma(3, 0)).toEqual({ lower: 0, upper: 1, logLower: -Infinity, logUpper: 0 })
    expect(regularizedGamma(3, Number.POSITIVE_INFINITY).upper).toBe(0)
    expect(regularizedGamma(3, Number.NaN).lower).toBeNaN()
  })

  it('refuse a shape that is not above 0', () => {
    expect(() => regularizedGamma(0, 1)).toThrow(refusal('shape'))
  })

  it('stay finite at both ends of the doubles', () => {
    expect(regularizedGamma(1e-3, 1e308).logUpper).toBeLessThan(-1e307)
    expect(regularizedGamma(1e300, 1).logLower).toBeLessThan(-1e302)
    expect(regularizedGamma(1e300, 1e300).lower).toBeCloseTo(0.5, 9)
  })
})

describe('the regularised incomplete beta function', () => {
  it('is a power where b is 1, and turns round with its parameters', () => {
    for (const x of [1e-9, 0.25, 0.75]) {
      expect(Math.abs(regularizedBeta(5, 1, x).lower / x ** 5 - 1)).toBeLessThan(1e-13)
      expect(Math.abs(regularizedBeta(1, 5, 1 - x).upper / x ** 5 - 1)).toBeLessThan(1e-6)
    }
    expect(regularizedBeta(2.5, 7, 0.25).lower).toBe(regularizedBeta(7, 2.5, 0.75).upper)
  })

  it('goes from 0 to 1', () => {
    expect([-1, 0, 1, 2].map((x) => regularizedBeta(2, 3, x).lower)).toEqual([0, 0, 1, 1])
    expect(regularizedBeta(2, 3, Number.NaN).upper).toBeNaN()
  })

  it('refuses parameters that are not above 0', () => {
    expect(() => regularizedBeta(-1, 1, 0.5)).toThrow(refusal('a'))
    expect(() => regularizedBeta(1, Number.NaN, 0.5)).toThrow(refusal('b'))
  })
})

describe('a difference from a product', () => {
  it('keeps the digits that rounding the product loses', () => {
    // (2^53 - 1)^2 = 2^106 - 2^54 + 1
    expect(minusProduct(2 ** 106 - 2 ** 54, 2 ** 53 - 1, 2 ** 53 - 1)).toBe(-1)
    expect(minusProduct(1, 0.1, 10)).toBe(-5.551115123125783e-17)
  })
})
