import { stirlingFactor } from './stirling.js'

/**
 * ln B(a, b), the natural logarithm of the beta function, for `a > 0` and `b > 0`; else NaN. Its error is a few roundings of the
 * largest of |ln B|, a ln(1 + b/a) and b ln(1 + a/b), not of the logarithms of gamma functions, which are far larger.
 *
 * @example
 * ```ts
 * import { logBeta } from '@campaignkit/core/statistics'
 *
 * console.log(Math.exp(-logBeta(2, 3)).toFixed(9)) // 12.000000000
 * ```
 */
export function logBeta(a: number, b: number): number {
  if (!(a > 0 && b > 0)) return Number.NaN
  const factor = ((stirlingFactor(a) / a) * (stirlingFactor(b) / b) * (a + b)) / stirlingFactor(a + b)
  return Math.log(factor) - a * Math.log1p(b / a) - b * Math.log1p(a / b)
}
