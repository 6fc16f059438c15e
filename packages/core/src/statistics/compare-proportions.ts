import type { Estimate, TestMethod } from '../model/verdict.js'
import type { Proportion } from './checks.js'
import { fisherExact } from './fisher.js'
import { liftInterval, newcombeInterval } from './intervals.js'
import { pooledZTest } from './pooled-z.js'

/** Two proportions against each other. */
export interface ProportionComparison {
  /** Rate of `a` minus rate of `b`, with Newcombe's interval. */
  readonly difference: Estimate
  /** Relative lift of `a` over `b`, with Katz's interval; null when either has no successes. */
  readonly lift: Estimate | null
  /** z of the pooled test; null when nobody or everybody succeeded. */
  readonly z: number | null
  /** Two-sided, of `method`. */
  readonly pValue: number
  readonly method: TestMethod
}

/** Cochran's rule of thumb for the 2 x 2 table. */
const LEAST_EXPECTED = 5

/** The smallest of the four counts that one would expect if the rates were equal. */
function leastExpected(a: Proportion, b: Proportion): number {
  const successes = a.successes + b.successes
  const trials = a.trials + b.trials
  const rarer = Math.min(successes, trials - successes)
  return (rarer / trials) * Math.min(a.trials, b.trials)
}

/**
 * Compares two independent proportions: difference, lift, and the p-value of a two-sided test. The test is Fisher's
 * exact one when any of the four expected counts is below 5 (Cochran 1954), else the pooled z test; `method` names it.
 *
 * @param options - `confidence` of both intervals, 0 to 1, both excluded
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `confidence` and the like
 *
 * @example
 * ```ts
 * import { compareProportions } from '@campaignkit/core/statistics'
 * const { difference, pValue, method } = compareProportions(
 *   { successes: 122, trials: 2000 }, { successes: 80, trials: 2000 }, { confidence: 0.95 })
 * ```
 */
export function compareProportions(
  a: Proportion,
  b: Proportion,
  { confidence }: { readonly confidence: number },
): ProportionComparison {
  const difference = newcombeInterval(a, b, confidence)
  const lift = liftInterval(a, b, confidence)
  const { z, pValue } = pooledZTest(a, b)
  if (leastExpected(a, b) >= LEAST_EXPECTED) return { difference, lift, z, pValue, method: 'pooled-z' }
  return { difference, lift, z, pValue: fisherExact(a, b), method: 'fisher-exact' }
}
