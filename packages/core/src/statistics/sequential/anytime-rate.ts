import type { Estimate } from '../../model/verdict.js'
import type { BetaPrior } from '../beta-prior.js'
import { checkOpenShare, checkProportion, type Proportion } from '../checks.js'
import { checkPositive } from '../number-checks.js'
import { type AnytimeEvidence, anytimeEvidence } from './anytime-evidence.js'
import { betaLogEvidence, betaLogOddsInterval } from './beta-binomial.js'

/** Jeffreys' prior: loses least against the best prior in hindsight, whatever the rate. */
const DEFAULT_PRIOR: BetaPrior = { successes: 0.5, failures: 0.5 }

function checkPrior({ successes, failures }: BetaPrior): void {
  checkPositive(successes, 'prior.successes')
  checkPositive(failures, 'prior.failures')
}

/**
 * A confidence sequence of one rate: the intervals of all looks together hold the rate with the stated confidence.
 * The rates against which the beta-binomial e-value has not yet reached 1 / alpha (Robbins 1970, "Statistical methods
 * related to the law of the iterated logarithm"; Ville's inequality), both ends by bisection to
 * the last digits. Exact for every number of members and every rule of stopping; for independent answers of one rate.
 *
 * @param options - `confidence` 0 to 1, both excluded; `prior`, settled before the first look, by default Jeffreys'
 * @throws INVALID_INPUT with path `trials`, `successes`, `confidence`, `prior.successes` and the like
 *
 * @example
 * ```ts
 * import { anytimeRateInterval } from '@campaignkit/core/statistics'
 * const { low, high } = anytimeRateInterval({ successes: 40, trials: 1000 }, { confidence: 0.95 })
 * console.log(low.toFixed(4), high.toFixed(4)) // 0.0213 0.0668
 * ```
 */
export function anytimeRateInterval(
  { successes, trials }: Proportion,
  { confidence, prior = DEFAULT_PRIOR }: { readonly confidence: number; readonly prior?: BetaPrior },
): Estimate {
  checkProportion({ successes, trials })
  checkOpenShare(confidence, 'confidence')
  checkPrior(prior)
  const { low, high } = betaLogOddsInterval(
    { successes, failures: trials - successes },
    prior,
    1 - confidence,
  )
  return {
    value: successes / trials,
    low: 1 / (1 + Math.exp(-low)),
    high: 1 / (1 + Math.exp(-high)),
    confidence,
  }
}

/**
 * The dual of {@link anytimeRateInterval}: an always-valid p-value against a given rate, at most 1 - confidence
 * exactly when the interval of that confidence leaves the rate out. Same source and assumptions.
 *
 * @param rate - 0 to 1, both excluded
 * @param options - `prior` by default Jeffreys'; `previousPValue`, the `runningPValue` of the look before
 * @throws INVALID_INPUT with path `trials`, `successes`, `rate`, `prior.successes`, `previousPValue` and the like
 *
 * @example
 * ```ts
 * import { anytimeRateTest } from '@campaignkit/core/statistics'
 * console.log(anytimeRateTest({ successes: 40, trials: 1000 }, 0.02).pValue < 0.05) // true
 * ```
 */
export function anytimeRateTest(
  { successes, trials }: Proportion,
  rate: number,
  {
    prior = DEFAULT_PRIOR,
    previousPValue,
  }: { readonly prior?: BetaPrior; readonly previousPValue?: number } = {},
): AnytimeEvidence {
  checkProportion({ successes, trials })
  checkOpenShare(rate, 'rate')
  checkPrior(prior)
  const outcomes = { successes, failures: trials - successes }
  return anytimeEvidence(betaLogEvidence(outcomes, prior, Math.log(rate) - Math.log1p(-rate)), previousPValue)
}
