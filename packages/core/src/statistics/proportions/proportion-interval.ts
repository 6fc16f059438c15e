import type { Estimate } from '../../model/verdict.js'
import { checkOpenShare, checkProportion, type Proportion } from '../checks.js'
import { betaDistribution } from '../distributions/beta-distribution.js'
import { checkWord } from '../number-checks.js'
import { wilsonInterval } from './wilson.js'

/**
 * The exact interval of Clopper and Pearson (1934), by quantiles of the beta distribution (Brown, Cai and DasGupta
 * 2001, "Interval estimation for a binomial proportion", section 4.2.1). Covers at least as often as it says, at every
 * rate and size; wider than it needs to be, markedly so below some 100 trials.
 *
 * @param confidence - 0 to 1, both excluded
 * @throws INVALID_INPUT with path `trials`, `successes` or `confidence`
 *
 * @example
 * ```ts
 * import { clopperPearsonInterval } from '@campaignkit/core/statistics'
 * const { low, high } = clopperPearsonInterval(81, 263, 0.95)
 * console.log(low.toFixed(4), high.toFixed(4)) // 0.2527 0.3676
 * ```
 */
export function clopperPearsonInterval(successes: number, trials: number, confidence: number): Estimate {
  checkProportion({ successes, trials })
  checkOpenShare(confidence, 'confidence')
  const tail = (1 - confidence) / 2
  const failures = trials - successes
  return {
    value: successes / trials,
    low: successes === 0 ? 0 : betaDistribution(successes, failures + 1).lowerQuantile(tail),
    high: failures === 0 ? 1 : betaDistribution(successes + 1, failures).upperQuantile(tail),
    confidence,
  }
}

/**
 * Jeffreys' interval: equal tails of the posterior Beta(successes + 1/2, failures + 1/2), with the ends 0 and 1 kept
 * where nobody or everybody succeeded (Brown, Cai and DasGupta 2001, section 3.1.3; not their modification
 * of section 4.1.2). Covers as often as it says on average over rates. Enumerated at 95 %, at
 * the worst of all rates: 88 of 100 where 1 to 3 successes or failures are expected, 92 up to 10, 93 up to 30, 94 beyond.
 *
 * @param confidence - 0 to 1, both excluded
 * @throws INVALID_INPUT with path `trials`, `successes` or `confidence`
 *
 * @example
 * ```ts
 * import { jeffreysInterval } from '@campaignkit/core/statistics'
 * const { low, high } = jeffreysInterval(81, 263, 0.95)
 * console.log(low.toFixed(4), high.toFixed(4)) // 0.2545 0.3656
 * ```
 */
export function jeffreysInterval(successes: number, trials: number, confidence: number): Estimate {
  checkProportion({ successes, trials })
  checkOpenShare(confidence, 'confidence')
  const tail = (1 - confidence) / 2
  const posterior = betaDistribution(successes + 0.5, trials - successes + 0.5)
  return {
    value: successes / trials,
    low: successes === 0 ? 0 : posterior.lowerQuantile(tail),
    high: successes === trials ? 1 : posterior.upperQuantile(tail),
    confidence,
  }
}

/** How the interval of one proportion is found. */
export type ProportionIntervalMethod = 'wilson' | 'clopper-pearson' | 'jeffreys'

/** A proportion with an interval by the method that it names. */
export interface ProportionEstimate extends Estimate {
  readonly method: ProportionIntervalMethod
}

const INTERVALS = {
  wilson: wilsonInterval,
  'clopper-pearson': clopperPearsonInterval,
  jeffreys: jeffreysInterval,
} as const

/**
 * A proportion with an interval by the method named: {@link wilsonInterval}, {@link clopperPearsonInterval} or
 * {@link jeffreysInterval}.
 *
 * @param options - `confidence`, 0 to 1, both excluded; `method`, by default `wilson`
 * @throws INVALID_INPUT with path `trials`, `successes`, `confidence` or `method`
 *
 * @example
 * ```ts
 * import { proportionInterval } from '@campaignkit/core/statistics'
 * const { low, method } = proportionInterval({ successes: 3, trials: 20 }, { confidence: 0.95 })
 * console.log(low.toFixed(4), method) // 0.0524 wilson
 * ```
 */
export function proportionInterval(
  { successes, trials }: Proportion,
  {
    confidence,
    method = 'wilson',
  }: { readonly confidence: number; readonly method?: ProportionIntervalMethod },
): ProportionEstimate {
  checkWord(method, ['wilson', 'clopper-pearson', 'jeffreys'], 'method')
  return { ...INTERVALS[method](successes, trials, confidence), method }
}
