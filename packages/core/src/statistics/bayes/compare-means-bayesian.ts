import { checkMoments, type Moments } from '../means/moments.js'
import { checkFinite, checkPositive, refuseNumber } from '../number-checks.js'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { type ArmBelief, type CredibleInterval, DEFAULT_CREDIBILITY, tailsOf } from './belief.js'
import { IDENTITY, normalPosterior } from './posterior.js'
import { rankArms } from './rank-arms.js'

/** What is believed of every mean beforehand, and how wide intervals are to be. */
export interface MeanBeliefOptions {
  /** Normal prior of every mean alike: its mean, and its variance above 0. Flat when absent. */
  readonly prior?: { readonly mean: number; readonly variance: number }
  /** Probability of the credible intervals, 0 to 1, both excluded. @default 0.95 */
  readonly credibility?: number
}

/** A normal posterior. */
interface Normal {
  readonly mean: number
  readonly variance: number
}

function beliefOf(arm: Moments, path: string, prior: MeanBeliefOptions['prior']): Normal {
  checkMoments(arm, path)
  checkPositive(arm.variance, `${path}.variance`)
  const precision = arm.count / arm.variance
  if (prior === undefined) return { mean: arm.mean, variance: 1 / precision }
  checkFinite(prior.mean, 'prior.mean')
  checkPositive(prior.variance, 'prior.variance')
  const pull = 1 / prior.variance / (precision + 1 / prior.variance)
  return { mean: arm.mean + pull * (prior.mean - arm.mean), variance: 1 / (precision + 1 / prior.variance) }
}

function intervalOf({ mean, variance }: Normal, credibility: number): CredibleInterval {
  const [tail] = tailsOf(credibility)
  const reach = normalUpperQuantile(tail) * Math.sqrt(variance)
  return { value: mean, low: mean - reach, high: mean + reach, probability: credibility }
}

/**
 * Means of any number of arms (revenue per member), as a Bayesian sees them: normal posteriors from moments, the
 * variance of values taken as known (Gelman et al. 2013, "Bayesian data analysis", eq. 2.12), which needs some 100
 * members an arm, and more where few of them buy; with a flat prior unless one is given. Probability to be best and
 * expected loss by quadrature as in `compareRatesBayesian`, and with the same warning about stopping: for a decision
 * take `compareMeansByNormalMixture`. Absolute error of a probability below 1e-12, of a loss below 1e-12 standard
 * errors.
 *
 * @param arms - one or more, two members at least in each, and some spread
 * @throws INVALID_INPUT with path `arms`, `arms[i].count`, `arms[i].variance`, `prior.variance`, `credibility` and
 *   the like
 *
 * @example
 * ```ts
 * import { compareMeansBayesian } from '@campaignkit/core/statistics'
 * const [a] = compareMeansBayesian([{ count: 400, mean: 3, variance: 100 }, { count: 400, mean: 2, variance: 100 }])
 * console.log(a?.probabilityToBeBest.toFixed(6)) // 0.921350
 * ```
 */
export function compareMeansBayesian(
  arms: readonly Moments[],
  { prior, credibility = DEFAULT_CREDIBILITY }: MeanBeliefOptions = {},
): readonly ArmBelief[] {
  if (arms.length === 0) refuseNumber('arms', 'expected one or more')
  const beliefs = arms.map((arm, index) => beliefOf(arm, `arms[${index}]`, prior))
  const ranks = rankArms(
    beliefs.map(({ mean, variance }) => normalPosterior(mean, Math.sqrt(variance))),
    IDENTITY,
  )
  return beliefs.map((belief, index) => ({
    interval: intervalOf(belief, credibility),
    probabilityToBeBest: ranks[index]?.probabilityToBeBest ?? 0,
    expectedLoss: ranks[index]?.expectedLoss ?? 0,
  }))
}

/**
 * Mean of `a` minus mean of `b` with its credible interval, under the same posteriors as {@link compareMeansBayesian}.
 *
 * @throws INVALID_INPUT with path `a.count`, `b.variance`, `prior.variance`, `credibility` and the like
 *
 * @example
 * ```ts
 * import { meanDifferenceBayesian } from '@campaignkit/core/statistics'
 * const { low } = meanDifferenceBayesian({ count: 400, mean: 3, variance: 100 }, { count: 400, mean: 2, variance: 100 })
 * console.log(low.toFixed(4)) // -0.3859
 * ```
 */
export function meanDifferenceBayesian(
  a: Moments,
  b: Moments,
  { prior, credibility = DEFAULT_CREDIBILITY }: MeanBeliefOptions = {},
): CredibleInterval {
  const first = beliefOf(a, 'a', prior)
  const second = beliefOf(b, 'b', prior)
  return intervalOf(
    { mean: first.mean - second.mean, variance: first.variance + second.variance },
    credibility,
  )
}
