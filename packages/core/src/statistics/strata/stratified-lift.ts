import type { Estimate } from '../../model/verdict.js'
import { checkOpenShare } from '../checks.js'
import { twoSidedZ } from '../proportions/two-sided-z.js'
import { type StratumOutcome, sumOver, usableStrata } from './stratum.js'

/**
 * Relative lift of `a` over `b` as a fraction, compared within strata: the Mantel-Haenszel ratio of rates, less 1, with the
 * variance of its logarithm by Greenland and Robins (1985, "Estimation of a common effect parameter from sparse
 * follow-up data", eq. 13). Holds for few large strata and for many small ones alike, from some 10 successes an arm in
 * all, for a ratio that is the same everywhere. With one stratum it is {@link liftInterval}.
 *
 * @param confidence - 0 to 1, both excluded
 * @returns null when either arm has no successes where the other has members
 * @throws INVALID_INPUT with path `strata`, `strata[2].a.successes`, `confidence` and the like
 *
 * @example
 * ```ts
 * import { stratifiedLift } from '@campaignkit/core/statistics'
 * const lift = stratifiedLift([
 *   { a: { successes: 60, trials: 500 }, b: { successes: 40, trials: 500 } },
 *   { a: { successes: 25, trials: 100 }, b: { successes: 20, trials: 100 } },
 * ], 0.95)
 * console.log(lift?.value.toFixed(3), lift?.low.toFixed(3), lift?.high.toFixed(3)) // 0.417 0.042 0.926
 * ```
 */
export function stratifiedLift(strata: readonly StratumOutcome[], confidence: number): Estimate | null {
  checkOpenShare(confidence, 'confidence')
  const used = usableStrata(strata)
  const ofA = sumOver(used, ({ a, b }) => (a.successes / (a.trials + b.trials)) * b.trials)
  const ofB = sumOver(used, ({ a, b }) => (b.successes / (a.trials + b.trials)) * a.trials)
  if (ofA === 0 || ofB === 0) return null
  const variance = sumOver(used, spreadOf) / ofA / ofB
  const factor = Math.exp(twoSidedZ(confidence) * Math.sqrt(Math.max(0, variance)))
  const ratio = ofA / ofB
  return { value: ratio - 1, low: ratio / factor - 1, high: ratio * factor - 1, confidence }
}

/** `(n_a n_b m - x_a x_b n) / n^2` of a stratum with m successes. */
function spreadOf({ a, b }: StratumOutcome): number {
  const all = a.trials + b.trials
  const successes = a.successes + b.successes
  return (a.trials / all) * (b.trials / all) * successes - (a.successes / all) * b.successes
}
