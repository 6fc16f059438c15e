import { checkPositive } from '../parameters.js'
import { logBetaTerm, regularizedBeta } from '../special/regularized-beta.js'
import { sharePoint } from '../special/share-point.js'
import { continuousDistribution, type Side } from './continuous.js'
import type { Distribution } from './distribution.js'
import { positiveQuantile } from './positive-quantile.js'
import { roughRatioQuantile } from './ratio-quantile.js'

/** ln of the density at 0, where only the power of x counts. */
function logDensityAtZero(a: number, b: number): number {
  if (a === 1) return Math.log(b)
  return a < 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
}

function logDensityAt(a: number, b: number, x: number): number {
  if (x < 0 || x > 1) return Number.NEGATIVE_INFINITY
  if (x === 0) return logDensityAtZero(a, b)
  if (x === 1) return logDensityAtZero(b, a)
  return logBetaTerm(a, b, sharePoint(a, b, x)) - Math.log(x) - Math.log1p(-x)
}

/** The quantile where it is at most 0.5. */
function quantileFromZero(a: number, b: number, side: Side, probability: number): number {
  const ratio = (a / b) * roughRatioQuantile(a, b, side, probability)
  return positiveQuantile({
    side,
    probability,
    tails: (at) => regularizedBeta(a, b, at),
    logDensity: (at) => logDensityAt(a, b, at),
    start: Math.min(0.5, ratio / (1 + ratio)),
  })
}

/**
 * The beta distribution.
 *
 * @param a - above 0
 * @param b - above 0
 * @throws INVALID_INPUT with path `a` or `b`
 *
 * @example
 * ```ts
 * import { betaDistribution } from '@campaignkit/core/statistics'
 *
 * console.log(betaDistribution(82, 183).lowerQuantile(0.025).toFixed(6)) // 0.255302
 * ```
 */
export function betaDistribution(a: number, b: number): Distribution {
  checkPositive(a, 'a')
  checkPositive(b, 'b')
  return continuousDistribution({
    low: 0,
    high: 1,
    logDensity: (x) => logDensityAt(a, b, x),
    tails: (x) => regularizedBeta(a, b, x),
    quantile: (side, probability) => {
      const half = regularizedBeta(a, b, 0.5)
      const isBelowHalf = side === 'lower' ? probability <= half.lower : probability >= half.upper
      if (isBelowHalf) return quantileFromZero(a, b, side, probability)
      return 1 - quantileFromZero(b, a, side === 'lower' ? 'upper' : 'lower', probability)
    },
  })
}
