import { gammaTailsAt, logGammaTerm } from '../special/regularized-gamma.js'
import { mirrored } from '../special/tails.js'
import { discreteDistribution } from './discrete.js'
import type { Distribution } from './distribution.js'
import { checkNotNegative } from './parameters.js'

/**
 * The Poisson distribution: how often something rare happens.
 *
 * @param mean - 0 or more
 * @throws INVALID_INPUT with path `mean`
 *
 * @example
 * ```ts
 * import { poisson } from '@campaignkit/core/statistics'
 *
 * console.log(poisson(3).upperTail(5).toFixed(6)) // 0.083918
 * ```
 */
export function poisson(mean: number): Distribution {
  checkNotNegative(mean, 'mean')
  return discreteDistribution({
    low: 0,
    high: mean === 0 ? 0 : Number.POSITIVE_INFINITY,
    mean,
    sd: Math.sqrt(mean),
    logMass: (count) => logGammaTerm(count, mean, count - mean),
    tails: (count) => mirrored(gammaTailsAt(count + 1, mean, count + 1 - mean)),
  })
}
