import { elementAt } from '../../base/element-at.js'
/**
 * The mean of `values[successes]` over a binomial number of successes, from the mode outwards by the ratios of
 * neighbours, so that each weight has a relative error of a few rounding errors a step.
 *
 * @param values - for 0 to n successes in n trials, none negative
 * @param odds - of a success, p / (1 - p), above 0
 */
export function binomialMean(values: Float64Array, odds: number): number {
  const trials = values.length - 1
  const mode = Math.min(trials, Math.floor((trials + 1) * (odds / (1 + odds))))
  let total = 1
  let weighted = elementAt(values, mode)
  for (let count = mode + 1, weight = 1; count <= trials && weight > 0; count += 1) {
    weight *= ((trials - count + 1) / count) * odds
    total += weight
    weighted += weight * elementAt(values, count)
  }
  for (let count = mode, weight = 1; count > 0 && weight > 0; count -= 1) {
    weight *= count / (trials - count + 1) / odds
    total += weight
    weighted += weight * elementAt(values, count - 1)
  }
  return weighted / total
}
