import { checkCount, checkProbability } from '../checks.js'
import { deviance } from '../special/deviance.js'
import { minusProduct } from '../special/exact-difference.js'
import { betaTailsAt } from '../special/regularized-beta.js'
import { sharePoint } from '../special/share-point.js'
import { stirlingFactor } from '../special/stirling.js'
import { discreteDistribution } from './discrete.js'
import type { Distribution } from './distribution.js'

/** ln P(X = count), by the saddle-point expansion of Loader (2000). */
function logMass(trials: number, probability: number, count: number): number {
  const others = trials - count
  const excess = minusProduct(count, trials, probability)
  const factor = stirlingFactor(trials) / stirlingFactor(count) / stirlingFactor(others)
  return (
    Math.log(factor) -
    deviance(count, trials * probability, excess) -
    deviance(others, trials * (1 - probability), -excess)
  )
}

/**
 * The binomial distribution: how many of so many trials succeed.
 *
 * @param trials - a whole number from 0
 * @param probability - of success in one trial, 0 to 1
 * @throws INVALID_INPUT with path `trials` or `probability`
 *
 * @example
 * ```ts
 * import { binomial } from '@campaignkit/core/statistics'
 *
 * console.log(binomial(10, 0.5).upperTail(7).toFixed(4)) // 0.0547
 * ```
 */
export function binomial(trials: number, probability: number): Distribution {
  checkCount(trials, 'trials')
  checkProbability(probability, 'probability')
  return discreteDistribution({
    low: probability === 1 ? trials : 0,
    high: probability === 0 ? 0 : trials,
    mean: trials * probability,
    sd: Math.sqrt(trials * probability * (1 - probability)),
    logMass: (count) => logMass(trials, probability, count),
    tails: (count) => {
      const a = count + 1
      const b = trials - count
      const { lower, upper, logLower, logUpper } = betaTailsAt(a, b, sharePoint(a, b, probability))
      return { lower: upper, upper: lower, logLower: logUpper, logUpper: logLower }
    },
  })
}
