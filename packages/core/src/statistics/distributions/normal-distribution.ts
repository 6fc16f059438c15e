import { checkFinite, checkPositive } from '../parameters.js'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { LOG_SQRT_TWO_PI, logNormalUpperTail, normalUpperTail } from '../special/normal-tail.js'
import { continuousDistribution } from './continuous.js'
import type { Distribution } from './distribution.js'

/** The mean and the standard deviation, in the unit of x. */
export interface NormalParameters {
  /** @default 0 */
  readonly mean?: number
  /** Above 0. @default 1 */
  readonly sd?: number
}

/**
 * The normal distribution.
 *
 * @throws INVALID_INPUT with path `mean` or `sd`
 *
 * @example
 * ```ts
 * import { normalDistribution } from '@campaignkit/core/statistics'
 *
 * console.log(normalDistribution().upperQuantile(0.025).toFixed(6)) // 1.959964
 * ```
 */
export function normalDistribution({ mean = 0, sd = 1 }: NormalParameters = {}): Distribution {
  checkFinite(mean, 'mean')
  checkPositive(sd, 'sd')
  const standard = (x: number) => (x - mean) / sd
  return continuousDistribution({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    logDensity: (x) => -(standard(x) ** 2) / 2 - LOG_SQRT_TWO_PI - Math.log(sd),
    tails: (x) => {
      const z = standard(x)
      return {
        lower: normalUpperTail(-z),
        upper: normalUpperTail(z),
        logLower: logNormalUpperTail(-z),
        logUpper: logNormalUpperTail(z),
      }
    },
    quantile: (side, probability) => {
      const z = normalUpperQuantile(probability)
      return mean + sd * (side === 'upper' ? z : -z)
    },
  })
}
