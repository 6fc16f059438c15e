import { checkPositive } from '../parameters.js'
import type { Distribution } from './distribution.js'
import { gammaDistribution } from './gamma-distribution.js'

/**
 * The chi-square distribution.
 *
 * @param degreesOfFreedom - above 0, whole or not
 * @throws INVALID_INPUT with path `degreesOfFreedom`
 *
 * @example
 * ```ts
 * import { chiSquare } from '@campaignkit/core/statistics'
 *
 * console.log(chiSquare(2).upperQuantile(0.05).toFixed(6)) // 5.991465
 * ```
 */
export function chiSquare(degreesOfFreedom: number): Distribution {
  checkPositive(degreesOfFreedom, 'degreesOfFreedom')
  return gammaDistribution(degreesOfFreedom / 2, 2)
}
