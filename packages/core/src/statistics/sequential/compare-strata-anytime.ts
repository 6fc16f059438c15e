import { elementAt } from '../../base/element-at.js'
import type { Estimate } from '../../model/verdict.js'
import { checkCount, checkOpenShare } from '../checks.js'
import { leadOf, type StratumOutcome, sumOver, usableStrata, weightOf } from '../strata/stratum.js'
import { anytimeEvidence } from './anytime-evidence.js'
import { betaLogOddsInterval } from './beta-binomial.js'
import { type RatioEvidence, ratioEvidence, ratioLogEvidence, type SuccessSplit } from './common-ratio.js'
import { type CompareProportionsAnytimeOptions, PLANNED_SUCCESSES } from './compare-proportions-anytime.js'
import type { AnytimeComparison } from './comparison.js'
import { sharpestRatio } from './normal-mixture.js'

/** Two proportions against each other within strata, at any look. */
export interface StrataAnytime extends AnytimeComparison {
  readonly method: 'stratified-success-split'
  /** Relative lift of `a` over `b`, the same in every stratum; null when either has no successes. */
  readonly lift: Estimate | null
  /** Strata that had members in both arms; the others say nothing about a difference. */
  readonly strataUsed: number
}

/** Jeffreys' prior, for the rate of both arms together. */
const OVERALL_PRIOR = { successes: 0.5, failures: 0.5 }

/**
 * Two proportions within strata, as often as one likes: of the successes of each stratum so far, `a` should have the
 * share that it has of the members of that stratum. The split of {@link compareProportionsAnytime}, with a likelihood
 * ratio for every stratum: where the rates of a stratum are equal, each of its successes falls to `a` with the
 * probability of that share, whatever the rate is and whichever stratum it comes from, so that the product of the ratios
 * under a common ratio of rates is a martingale, and its average over a prior of that ratio is one too: an e-value, whose
 * running maximum obeys Ville's inequality. Multiplying the evidence of strata, each under a prior of its own, would be
 * valid too, but would pay for every stratum anew.
 *
 * The shares may differ from stratum to stratum, and new strata may come in, such as runs and waves; within a stratum the
 * shares have to stay as they are. To put such strata together as if they were one is an error: shares of 9 to 1 and
 * 1 to 9 where rates are 10 % and 2 % raised a false alarm in every simulated A/A test over 46 looks; this one in 0.3 of
 * 100 there, and in at most 0.8 elsewhere (1,000 to 4,000 members, two to twelve strata).
 *
 * The prior is that of two equal arms, whatever the shares: one that followed them would move as strata come in, and so
 * would not be settled before the first look. With equal shares of one half this is {@link compareProportionsAnytime}
 * to the last digits; with others both differ by the prior alone.
 *
 * `lift` and `difference` leave out 0 exactly when `pValue` is below 1 - confidence. `lift` is the common ratio.
 * `difference` is the Mantel-Haenszel one: what the splits say of it in units of the overall rate, given how the successes
 * were spread over the strata, times that rate, which runs through its own confidence sequence; it or the lift was
 * missed at any of 46 looks in at most 1.9 of 100 simulated tests at 95 %. For one lift that is the same everywhere; where it has different
 * signs, the evidence may never come.
 *
 * @throws INVALID_INPUT with path `strata` (none has members in both arms), `strata[2].a.successes`, `confidence`,
 * `plannedSuccesses`, `previousPValue`
 *
 * @example
 * ```ts
 * import { compareStrataAnytime } from '@campaignkit/core/statistics'
 * const look = compareStrataAnytime([
 *   { a: { successes: 120, trials: 1000 }, b: { successes: 60, trials: 1000 } },
 *   { a: { successes: 30, trials: 1800 }, b: { successes: 1, trials: 200 } },
 * ], { confidence: 0.95 })
 * console.log(look.pValue < 0.05, look.difference.low > 0) // true true
 * ```
 */
export function compareStrataAnytime(
  strata: readonly StratumOutcome[],
  { confidence, plannedSuccesses = PLANNED_SUCCESSES, previousPValue }: CompareProportionsAnytimeOptions,
): StrataAnytime {
  checkOpenShare(confidence, 'confidence')
  checkCount(plannedSuccesses, 'plannedSuccesses', 1)
  const used = usableStrata(strata)
  const alpha = 1 - confidence
  const splits = used.map(splitOf)
  const ratio = ratioEvidence(answered(splits), priorOf(alpha, plannedSuccesses), alpha)
  return {
    status: 'valid',
    method: 'stratified-success-split',
    difference: differenceOf(used, splits, ratio, confidence),
    lift: liftOf(ratio, confidence),
    strataUsed: used.length,
    ...anytimeEvidence(ratio.logEvidence, previousPValue),
  }
}

/** The p-value of {@link compareStrataAnytime} alone, to some five digits: for plans, whose counts may be broken. */
export function strataAnytimePValue(strata: readonly StratumOutcome[], confidence: number): number {
  const splits = strata.filter(({ a, b }) => a.trials > 0 && b.trials > 0).map(splitOf)
  const prior = priorOf(1 - confidence, PLANNED_SUCCESSES)
  return anytimeEvidence(ratioLogEvidence(answered(splits), prior)).pValue
}

function priorOf(alpha: number, plannedSuccesses: number): SuccessSplit {
  const weight = plannedSuccesses / sharpestRatio(alpha)
  return { own: weight / 2, successes: weight, share: 0.5, rest: 0.5 }
}

function answered(splits: readonly SuccessSplit[]): readonly SuccessSplit[] {
  return splits.filter(({ successes }) => successes > 0)
}

function splitOf({ a, b }: StratumOutcome): SuccessSplit {
  const all = a.trials + b.trials
  return {
    own: a.successes,
    successes: a.successes + b.successes,
    share: a.trials / all,
    rest: b.trials / all,
  }
}

function liftOf({ low, high, likeliest }: RatioEvidence, confidence: number): Estimate | null {
  if (likeliest === null) return null
  return { value: Math.expm1(likeliest), low: Math.expm1(low), high: Math.expm1(high), confidence }
}

/** How far the share of the successes that falls to the first arm is above its share of the members under a ratio e^x. */
function shiftAt({ share, rest }: SuccessSplit, x: number): number {
  return x > 0
    ? (share * rest * -Math.expm1(-x)) / (share + rest * Math.exp(-x))
    : (share * rest * Math.expm1(x)) / (share * Math.exp(x) + rest)
}

/**
 * The Mantel-Haenszel difference under the ends of the ratio. At the likeliest ratio it is the observed one: the weights
 * of both are those of the same equation.
 */
function differenceOf(
  used: readonly StratumOutcome[],
  splits: readonly SuccessSplit[],
  ratio: RatioEvidence,
  confidence: number,
): Estimate {
  const members = sumOver(used, ({ a, b }) => a.trials + b.trials)
  const successes = splits.reduce((sum, split) => sum + split.successes, 0)
  const overall = betaLogOddsInterval(
    { successes, failures: members - successes },
    OVERALL_PRIOR,
    1 - confidence,
  )
  const rates = { low: 1 / (1 + Math.exp(-overall.low)), high: 1 / (1 + Math.exp(-overall.high)) }
  const weight = sumOver(used, weightOf)
  const relativeAt = (x: number) =>
    used.reduce((sum, { a, b }, index) => {
      const split = elementAt(splits, index)
      // before anyone has answered, they are expected wherever there are members
      const share = successes === 0 ? (a.trials + b.trials) / members : split.successes / successes
      return sum + share * shiftAt(split, x)
    }, 0) *
    (members / weight)
  const [low, high] = [relativeAt(ratio.low), relativeAt(ratio.high)]
  return {
    value: sumOver(used, leadOf) / weight,
    low: Math.max(-1, low * (low < 0 ? rates.high : rates.low)),
    high: Math.min(1, high * (high > 0 ? rates.high : rates.low)),
    confidence,
  }
}
