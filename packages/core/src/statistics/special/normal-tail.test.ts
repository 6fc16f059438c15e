import { describe, expect, it } from 'vitest'
import { normalUpperQuantile } from './normal-quantile.js'
import { logNormalUpperTail, normalUpperTail } from './normal-tail.js'

// Computed with Python's decimal at 400 digits: Q(z) = 1/2 - phi(z) (z + z^3/3 + z^5/15 + ...), phi from the same
// library's exp and Machin's pi; quantiles of the exact doubles by bisection of Q. Rounded to doubles.
const TAILS: readonly (readonly [z: number, tail: number, log: number])[] = [
  [0, 0.5, -Math.LN2],
  [0.01, 0.4960106436853684, -0.7011578934443701],
  [0.5, 0.3085375387259869, -1.1759117615936185],
  [1, 0.15865525393145705, -1.8410216450092636],
  [1.5, 0.06680720126885807, -2.7059444008238898],
  [1.959963984540054, 0.025000000000000015, -3.688879454113936],
  [2.4, 0.00819753592459613, -4.803921666870672],
  [2.49999, 0.006209840610972124, -5.081620049876265],
  [2.5, 0.006209665325776135, -5.08164827727869],
  [2.50001, 0.006209490044962222, -5.0816765047722185],
  [3, 0.0013498980316300946, -6.607726221510349],
  [4, 3.1671241833119924e-5, -10.360101486527292],
  [5, 2.866515718791939e-7, -15.064998393988725],
  [6, 9.86587645037698e-10, -20.736768949974707],
  [8, 6.220960574271784e-16, -35.01343715991455],
  [10, 7.619853024160525e-24, -53.23128515051247],
  [15, 3.670966199312751e-51, -116.1313848457117],
  [20, 2.7536241186062337e-89, -203.91715537109727],
  [25, 3.056696706382561e-138, -316.63940800802027],
  [30, 4.906713927148187e-198, -454.3212439563432],
  [35, 1.1249107064724062e-268, -616.9751012619225],
  [37, 5.725571222524577e-300, -689.0305855768906],
  [-1, 0.8413447460685429, -0.17275377902344988],
  [-3, 0.9986501019683699, -0.0013508099647481938],
  [-8, 0.9999999999999993, -6.220960574271786e-16],
]

const QUANTILES: readonly (readonly [p: number, z: number])[] = [
  [1e-300, 37.0470962993612],
  [1e-200, 30.20559417957964],
  [1e-100, 21.273453560965326],
  [1e-50, 14.933337534788489],
  [1e-20, 9.262340089798407],
  [1e-10, 6.361340902404057],
  [1e-5, 4.264890793922825],
  [0.001, 3.0902323061678136],
  [0.005, 2.575829303548901],
  [0.025, 1.9599639845400543],
  [0.05, 1.6448536269514726],
  [0.1, 1.2815515655446004],
  [0.3, 0.5244005127080408],
  [0.4999, 0.00025066283008800747],
  [0.7, -0.5244005127080407],
  [0.975, -1.9599639845400538],
]

describe('the upper tail of the normal distribution', () => {
  it.each(TAILS)('at z = %d agrees with 400-digit arithmetic to 1e-12', (z, tail, log) => {
    expect(Math.abs(normalUpperTail(z) / tail - 1)).toBeLessThan(1e-12)
    expect(Math.abs(logNormalUpperTail(z) / log - 1)).toBeLessThan(1e-12)
  })

  it('falls strictly, across the seam of its two methods as well', () => {
    for (let z = 2.4; z < 2.6; z += 0.0005)
      expect(normalUpperTail(z + 0.0005)).toBeLessThan(normalUpperTail(z))
  })

  it('ends in 0 and in 1, while its logarithm stays finite', () => {
    expect(normalUpperTail(60)).toBe(0)
    expect(normalUpperTail(-60)).toBe(1)
    expect(logNormalUpperTail(1e6)).toBeCloseTo(-5e11 - 0.9189385 - Math.log(1e6), 3)
    expect(normalUpperTail(Number.POSITIVE_INFINITY)).toBe(0)
    expect(normalUpperTail(Number.NaN)).toBeNaN()
  })
})

describe('the quantile of the upper tail', () => {
  it.each(QUANTILES)('for p = %d agrees with 400-digit arithmetic to 1e-14', (p, z) => {
    expect(Math.abs(normalUpperQuantile(p) - z)).toBeLessThan(1e-14 * Math.max(1, Math.abs(z)))
  })

  it('is 0 for one half and holds at the ends of the doubles', () => {
    expect(Math.abs(normalUpperQuantile(0.5))).toBeLessThan(1e-15)
    expect(normalUpperTail(normalUpperQuantile(1 - Number.EPSILON / 2))).toBe(1 - Number.EPSILON / 2)
    expect(Math.abs(normalUpperQuantile(Number.MIN_VALUE) - 38.4674056172733)).toBeLessThan(1e-6)
  })

  it.each([0, 1, -0.1, 1.1, Number.NaN])('is not a number for %d', (p) => {
    expect(normalUpperQuantile(p)).toBeNaN()
  })
})
