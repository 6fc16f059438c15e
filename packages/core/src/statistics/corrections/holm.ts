import { checkProbability } from '../checks.js'

/**
 * Holm's step-down adjustment (Holm 1979): comparing the results with alpha bounds the chance of one or more false
 * alarms among all comparisons by alpha, however they depend on each other.
 *
 * @param pValues - each from 0 to 1
 * @returns the adjusted values in the same order, each at least the given one and at most 1
 * @throws INVALID_INPUT with path `pValues[i]`
 *
 * @example
 * ```ts
 * import { holmAdjusted } from '@campaignkit/core/statistics'
 * holmAdjusted([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 * ```
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  pValues.forEach((pValue, index) => {
    checkProbability(pValue, `pValues[${index}]`)
  })
  const ascending = pValues
    .map((pValue, index) => ({ pValue, index }))
    .sort((left, right) => left.pValue - right.pValue)
  const adjusted = pValues.map(() => 1)
  let floor = 0
  ascending.forEach(({ pValue, index }, step) => {
    floor = Math.min(1, Math.max(floor, pValue * (ascending.length - step)))
    adjusted[index] = floor
  })
  return adjusted
}
