import { elementAt } from '../../base/element-at.js'
import { deviance } from '../special/deviance.js'
import { stirlingFactor } from '../special/stirling.js'

/**
 * ln of the multivariate beta function of weights, less the sum of weight times ln share: what is small of two
 * large numbers.
 */
function logBetaOverShares(weights: readonly number[]): (shares: readonly number[]) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const whole = Math.log(total / stirlingFactor(total))
  const factors = weights.map((weight) => Math.log(stirlingFactor(weight) / weight))
  return (shares) => {
    let sum = whole
    for (let index = 0; index < weights.length; index += 1) {
      const weight = elementAt(weights, index)
      const expected = total * elementAt(shares, index)
      sum += deviance(weight, expected, weight - expected) + elementAt(factors, index)
    }
    return sum
  }
}

/**
 * ln of the e-value of counts against given shares: the likelihood of the counts, averaged over a Dirichlet prior,
 * over their likelihood under the shares, B(prior + counts) / (B(prior) product of shares^counts) (Lindon and Malek
 * 2022, "Anytime-valid inference for multinomial count data"). Written in deviances and remainders of Stirling's
 * formula, so that large terms cancel before they are rounded: absolute error below 1e-11 for totals up to 1e9.
 *
 * @param prior - weight of each count, above 0
 * @param shares - above 0, together 1
 */
export function dirichletLogEvidence(
  counts: readonly number[],
  prior: readonly number[],
  shares: readonly number[],
): number {
  return dirichletEvidenceOf(counts, prior)(shares)
}

/** The same as a function of the shares: what depends on the counts alone is worked out once. */
export function dirichletEvidenceOf(
  counts: readonly number[],
  prior: readonly number[],
): (shares: readonly number[]) => number {
  const after = logBetaOverShares(prior.map((weight, index) => weight + elementAt(counts, index)))
  const before = logBetaOverShares(prior)
  return (shares) => after(shares) - before(shares)
}
