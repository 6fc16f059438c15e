import type { Estimate, StratifiedMethod } from '../../model/verdict.js'
import { combineStrata } from './combine-strata.js'
import { exactStratifiedTest } from './exact-stratified-test.js'
import { stratifiedLift } from './stratified-lift.js'
import { stratifiedNewcombe } from './stratified-newcombe.js'
import { type StratumOutcome, sumOver, usableStrata } from './stratum.js'

/** Two proportions against each other within strata. */
export interface StrataComparison {
  /** The Mantel-Haenszel difference, `a` minus `b`; its interval is Sato's, with the exact test the stratified Newcombe interval. */
  readonly difference: Estimate
  /** Relative lift of `a` over `b` by the Mantel-Haenszel ratio; null when either has no successes. */
  readonly lift: Estimate | null
  /** z of the Cochran-Mantel-Haenszel test, above 0 when `a` is ahead; null when no stratum can tell the arms apart. */
  readonly z: number | null
  /** Two-sided, of `method`. */
  readonly pValue: number
  readonly method: StratifiedMethod
  /** Why it was that method. */
  readonly choice: StrataTestChoice
  /** Strata that had members in both arms; the others say nothing about a difference. */
  readonly strataUsed: number
}

/** Why a test was taken for the tables of several strata. */
export interface StrataTestChoice {
  /** Exact when `leastExpected` is below `threshold`. */
  readonly rule: 'mantel-fleiss-1980'
  /** How far the successes of `a` that one would expect lie at least from the fewest and the most that the margins allow. */
  readonly leastExpected: number
  /** 5. */
  readonly threshold: number
}

/** The rule of Mantel and Fleiss. */
const LEAST_EXPECTED = 5

/**
 * The number of successes of `a` has room on both sides of what is expected: in a stratum, the smaller of its own
 * expected successes and the other arm's failures, and of its own failures and the other arm's successes.
 */
function leastExpected(strata: readonly StratumOutcome[]): number {
  const expected = ({ a, b }: StratumOutcome) => {
    const all = a.trials + b.trials
    const shareOfSuccesses = (a.successes + b.successes) / all
    const shareOfFailures = (all - a.successes - b.successes) / all
    return {
      below: Math.min(a.trials * shareOfSuccesses, b.trials * shareOfFailures),
      above: Math.min(a.trials * shareOfFailures, b.trials * shareOfSuccesses),
    }
  }
  return Math.min(
    sumOver(strata, (each) => expected(each).below),
    sumOver(strata, (each) => expected(each).above),
  )
}

/**
 * Compares two proportions within strata: difference, lift, and the p-value of a two-sided test. The test is
 * {@link exactStratifiedTest} when the successes of `a` have less room than 5 below or above what is expected (Mantel and
 * Fleiss 1980, "Minimum expected cell size requirements for the Mantel-Haenszel one-degree-of-freedom chi-square test";
 * with one stratum the rule of Cochran that {@link compareProportions} goes by), else Cochran's, Mantel's and Haenszel's
 * ({@link combineStrata}); `method` names what was taken and `choice` why. For one difference that is the same everywhere:
 * {@link breslowDayTest} asks whether it is.
 *
 * @param options - `confidence` of both intervals, 0 to 1, both excluded
 * @throws INVALID_INPUT with path `strata` (none has members in both arms), `strata[2].a.successes`, `confidence` and
 * the like
 *
 * @example
 * ```ts
 * import { compareStrata } from '@campaignkit/core/statistics'
 * const { difference, pValue, method } = compareStrata([
 *   { a: { successes: 60, trials: 500 }, b: { successes: 40, trials: 500 } },
 *   { a: { successes: 25, trials: 100 }, b: { successes: 20, trials: 100 } },
 * ], { confidence: 0.95 })
 * console.log(difference.value.toFixed(3), pValue.toFixed(4), method) // 0.042 0.0254 mantel-haenszel
 * ```
 */
export function compareStrata(
  strata: readonly StratumOutcome[],
  { confidence }: { readonly confidence: number },
): StrataComparison {
  const used = usableStrata(strata)
  const { difference, z, pValue } = combineStrata(used, { confidence })
  const least = leastExpected(used)
  const common = {
    lift: stratifiedLift(used, confidence),
    z,
    choice: { rule: 'mantel-fleiss-1980', leastExpected: least, threshold: LEAST_EXPECTED },
    strataUsed: used.length,
  } as const
  if (least >= LEAST_EXPECTED) return { ...common, difference, pValue, method: 'mantel-haenszel' }
  return {
    ...common,
    difference: stratifiedNewcombe(used, confidence),
    pValue: exactStratifiedTest(used),
    method: 'stratified-exact',
  }
}
