import { checkPositive } from '../parameters.js'
import { minusProduct } from '../special/exact-difference.js'
import { gammaTailsAt, logGammaTerm } from '../special/regularized-gamma.js'
import { continuousDistribution } from './continuous.js'
import type { Distribution } from './distribution.js'
import { gammaQuantile } from './gamma-quantile.js'

/** ln of the density at 0, where only the power of x counts. */
function logDensityAtZero(shape: number, scale: number): number {
  if (shape === 1) return -Math.log(scale)
  return shape < 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
}

/**
 * The gamma distribution with mean shape times scale.
 *
 * @param shape - above 0
 * @param scale - above 0, in the unit of x
 * @throws INVALID_INPUT with path `shape` or `scale`
 *
 * @example
 * ```ts
 * import { gammaDistribution } from '@campaignkit/core/statistics'
 *
 * console.log(gammaDistribution(3, 2).upperTail(10).toFixed(6)) // 0.124652
 * ```
 */
export function gammaDistribution(shape: number, scale: number): Distribution {
  checkPositive(shape, 'shape')
  checkPositive(scale, 'scale')
  /** shape - x / scale, without the rounding of the quotient. */
  const excess = (x: number) => -minusProduct(x, shape, scale) / scale
  return continuousDistribution({
    low: 0,
    high: Number.POSITIVE_INFINITY,
    logDensity: (x) => {
      if (x < 0 || x === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
      if (x === 0) return logDensityAtZero(shape, scale)
      return logGammaTerm(shape, x / scale, excess(x)) + Math.log(shape) - Math.log(x)
    },
    tails: (x) => gammaTailsAt(shape, x / scale, excess(x)),
    quantile: (side, probability) => gammaQuantile(shape, side, probability) * scale,
  })
}
