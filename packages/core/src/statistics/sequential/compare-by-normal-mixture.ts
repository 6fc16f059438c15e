import { checkOpenShare, checkProportion, type Proportion } from '../checks.js'
import { checkMoments, type Moments } from '../means/moments.js'
import { anytimeEvidence } from './anytime-evidence.js'
import type { AnytimeComparison, Collecting } from './comparison.js'
import {
  checkMixture,
  type EffectMixture,
  mixtureLogEvidence,
  mixtureRadius,
  mixtureRatio,
  type Precision,
} from './normal-mixture.js'

/** How two arms are compared at any look by a normal mixture. */
export interface NormalMixtureOptions {
  /** Of the interval, 0 to 1, both excluded. */
  readonly confidence: number
  /** Which effects are looked for; settled before the first look. */
  readonly mixture: EffectMixture
  /** `runningPValue` of the look before. @default 1 */
  readonly previousPValue?: number
}

/** Two arms against each other at any look by a normal mixture. */
export interface NormalMixtureComparison extends AnytimeComparison {
  readonly method: 'normal-mixture'
}

/** Successes and failures that one expects in the smaller arm before the approximation is shown (Cochran 1954). */
const EXPECTED_NEEDED = 5
/** Members of the smaller arm before the approximation is shown. */
const MEMBERS_NEEDED = 100

function compare(
  difference: number,
  precision: Precision,
  { confidence, mixture, previousPValue }: NormalMixtureOptions,
): NormalMixtureComparison {
  const alpha = 1 - confidence
  const ratio = mixtureRatio(mixture, precision, alpha)
  const squaredZ = (difference / precision.squaredError) * difference
  const radius = mixtureRadius(ratio, alpha) * Math.sqrt(precision.squaredError)
  return {
    status: 'valid',
    method: 'normal-mixture',
    difference: { value: difference, low: difference - radius, high: difference + radius, confidence },
    ...anytimeEvidence(mixtureLogEvidence(squaredZ, ratio), previousPValue),
  }
}

function checkOptions({ confidence, mixture }: NormalMixtureOptions): void {
  checkOpenShare(confidence, 'confidence')
  checkMixture(mixture)
}

/**
 * Two proportions, as often as one likes, by the asymptotic normal mixture: the confidence sequence of Waudby-Smith et
 * al. (2024), "Time-uniform central limit theory and asymptotic confidence sequences", theorem 2.2, and its dual, the
 * always-valid p-value of the mSPRT (Johari, Pekelis and Walsh 2022, "Always valid inference"). For members who are
 * counted once their answer is final; sharper than {@link compareProportionsAnytime}, the default, for rates from some
 * 20 % on.
 *
 * The squared error is the larger of the pooled and the unpooled one: with the unpooled one alone, a small arm that
 * happens to have few successes looks more certain than it is. `collecting` until the smaller arm, at the overall
 * rate, expects 5 successes and 5 failures (`have` is the smaller of the two). From there on 46 looks at an A/A test
 * at 0.05 raised a false alarm in at most 2.1 of 100, simulated at rates of 0.5 % to 30 %, with arms of 100 to
 * 50,000, equal or 9 to 1; without the wait it was up to 3.2.
 *
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `confidence`, `mixture.plannedMembers` and the like
 *
 * @example
 * ```ts
 * import { compareProportionsByNormalMixture } from '@campaignkit/core/statistics'
 * const look = compareProportionsByNormalMixture(
 *   { successes: 3, trials: 100 }, { successes: 1, trials: 100 },
 *   { confidence: 0.95, mixture: { plannedMembers: 4000 } })
 * console.log(look) // { status: 'collecting', have: 2, need: 5 }
 * ```
 */
export function compareProportionsByNormalMixture(
  a: Proportion,
  b: Proportion,
  options: NormalMixtureOptions,
): NormalMixtureComparison | Collecting {
  checkProportion(a, 'a')
  checkProportion(b, 'b')
  checkOptions(options)
  const members = a.trials + b.trials
  const successes = a.successes + b.successes
  const rarer = Math.min(successes, members - successes)
  const have = (rarer / members) * Math.min(a.trials, b.trials)
  if (have < EXPECTED_NEEDED) return { status: 'collecting', have, need: EXPECTED_NEEDED }
  const spreadOf = ({ successes: part, trials }: Proportion) => (part / trials) * ((trials - part) / trials)
  const pooled = (successes / members) * ((members - successes) / members) * (1 / a.trials + 1 / b.trials)
  const squaredError = Math.max(pooled, spreadOf(a) / a.trials + spreadOf(b) / b.trials)
  const difference = (a.successes * b.trials - b.successes * a.trials) / (a.trials * b.trials)
  return compare(difference, { squaredError, members }, options)
}

/**
 * Two means, as often as one likes, from their moments at this look, by the asymptotic normal mixture: the confidence
 * sequence of Waudby-Smith et al. (2024), theorem 2.2, with variances estimated from the data, and its dual, the
 * always-valid p-value of the mSPRT (Johari, Pekelis and Walsh 2022). Values must be independent, each counted once
 * and final (the revenue of a member whose window is over), with a finite variance.
 *
 * The squared error is the larger of the pooled one and Welch's. With Welch's alone, 46 looks at revenue that is
 * mostly 0, with an arm of a tenth of the members, raised a false alarm in 5 to 30 of 100 at 0.05: a small arm in
 * which nobody has bought much yet looks certain. With the larger one it was at most 1.9, at any size, for lognormal
 * revenue and for buyers of 2 % and 10 %; `collecting` until both arms have 100 members all the same (`have` is the
 * size of the smaller one), and while neither has any spread. It stops being valid for values so skewed that a few of
 * them make the sum.
 *
 * @throws INVALID_INPUT with path `a.count`, `b.variance`, `confidence`, `mixture.plannedMembers` and the like
 *
 * @example
 * ```ts
 * import { compareMeansByNormalMixture } from '@campaignkit/core/statistics'
 * const look = compareMeansByNormalMixture(
 *   { count: 5000, mean: 2.4, variance: 90 }, { count: 5000, mean: 1.2, variance: 60 },
 *   { confidence: 0.95, mixture: { plannedMembers: 10_000 } })
 * console.log(look.status === 'valid' && look.difference.low > 0) // true
 * ```
 */
export function compareMeansByNormalMixture(
  a: Moments,
  b: Moments,
  options: NormalMixtureOptions,
): NormalMixtureComparison | Collecting {
  checkMoments(a, 'a', 1)
  checkMoments(b, 'b', 1)
  checkOptions(options)
  const have = Math.min(a.count, b.count)
  const members = a.count + b.count
  const within = ((a.count - 1) * a.variance + (b.count - 1) * b.variance) / Math.max(1, members - 2)
  const pooled = within * (1 / a.count + 1 / b.count)
  const squaredError = Math.max(pooled, a.variance / a.count + b.variance / b.count)
  if (have < MEMBERS_NEEDED || squaredError === 0) return { status: 'collecting', have, need: MEMBERS_NEEDED }
  return compare(a.mean - b.mean, { squaredError, members }, options)
}
