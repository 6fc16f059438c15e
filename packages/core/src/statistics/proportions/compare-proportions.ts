import type { Estimate, TestMethod } from '../../model/verdict.js'
import type { Proportion } from '../checks.js'
import { checkWord } from '../number-checks.js'
import { boschlooExact } from './boschloo.js'
import { newcombeInterval } from './difference.js'
import { fisherExact } from './fisher.js'
import { liftInterval } from './lift.js'
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
  /** Why it was that method. */
  readonly choice: TestChoice
}

/** Why a test was taken for a 2 x 2 table. */
export interface TestChoice {
  /** `cochran-1954`: exact when an expected count is below `threshold`; `asked-for`: the caller named the test. */
  readonly rule: 'cochran-1954' | 'asked-for'
  /** The smallest of the four counts that one would expect if the rates were equal. */
  readonly leastExpected: number
  /** 5. */
  readonly threshold: number
}

/** How two proportions are to be compared. */
export interface CompareProportionsOptions {
  /** Of both intervals, 0 to 1, both excluded. */
  readonly confidence: number
  /** By default `automatic`: Cochran's rule takes the pooled z test or Fisher's. */
  readonly test?: TestMethod | 'automatic'
}

/** Cochran's rule of thumb for the 2 x 2 table. */
const LEAST_EXPECTED = 5

function leastExpected(a: Proportion, b: Proportion): number {
  const successes = a.successes + b.successes
  const trials = a.trials + b.trials
  const rarer = Math.min(successes, trials - successes)
  return (rarer / trials) * Math.min(a.trials, b.trials)
}

function exactPValue(method: 'fisher-exact' | 'boschloo-exact', a: Proportion, b: Proportion): number {
  return method === 'fisher-exact' ? fisherExact(a, b) : boschlooExact(a, b).pValue
}

/**
 * Compares two independent proportions: difference, lift, and the p-value of a two-sided test. The test is Fisher's
 * exact one when any of the four expected counts is below 5 (Cochran 1954), else the pooled z test, unless `test`
 * names one; `method` names what was taken and `choice` why. Enumerated over all rates, with 100 to 900 members an arm,
 * equal or up to 9 to 1, this choice is wrong in at most 5.6 of 100 tests at 0.05; the pooled z test alone in up to 9.2,
 * at rare rates in unequal arms. Boschloo's test is never taken by itself: it is sharper
 * than Fisher's, but has a limit to its size.
 *
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `confidence`, `test` and the like
 *
 * @example
 * ```ts
 * import { compareProportions } from '@campaignkit/core/statistics'
 * const { difference, pValue, method } = compareProportions(
 *   { successes: 122, trials: 2000 }, { successes: 80, trials: 2000 }, { confidence: 0.95 })
 * console.log(difference.value.toFixed(3), pValue.toFixed(4), method) // 0.021 0.0024 pooled-z
 * ```
 */
export function compareProportions(
  a: Proportion,
  b: Proportion,
  { confidence, test = 'automatic' }: CompareProportionsOptions,
): ProportionComparison {
  checkWord(test, ['automatic', 'pooled-z', 'fisher-exact', 'boschloo-exact'], 'test')
  const difference = newcombeInterval(a, b, confidence)
  const lift = liftInterval(a, b, confidence)
  const { z, pValue } = pooledZTest(a, b)
  const least = leastExpected(a, b)
  const byRule = least >= LEAST_EXPECTED ? 'pooled-z' : 'fisher-exact'
  const method = test === 'automatic' ? byRule : test
  const choice: TestChoice = {
    rule: test === 'automatic' ? 'cochran-1954' : 'asked-for',
    leastExpected: least,
    threshold: LEAST_EXPECTED,
  }
  if (method === 'pooled-z') return { difference, lift, z, pValue, method, choice }
  return { difference, lift, z, pValue: exactPValue(method, a, b), method, choice }
}
