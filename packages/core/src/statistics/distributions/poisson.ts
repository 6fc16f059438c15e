import { checkFromZero } from '../parameters.js'
import { gammaTailsAt, logGammaTerm } from '../special/regularized-gamma.js'
import { mirrored } from '../special/tails.js'
import { discreteDistribution } from './discrete.js'
import type { Distribution } from './distribution.js'

/** Far below 2^53, so that doubles tell a count from the next one. */
const LARGEST_MEAN = 1e15

/**
 * The Poisson distribution: how often something rare happens.
 *
 * @param mean - 0 to 1e15
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
  checkFromZero(mean, LARGEST_MEAN, 'mean')
  return discreteDistribution({
    low: 0,
    high: mean === 0 ? 0 : Number.POSITIVE_INFINITY,
    mean,
    sd: Math.sqrt(mean),
    logMass: (count) => logGammaTerm(count, mean, count - mean),
    tails: (count) => mirrored(gammaTailsAt(count + 1, mean, count + 1 - mean)),
  })
}
