import type { Alternative } from '../alternative.js'
import { checkAlternative, checkWord, refuseNumber } from '../number-checks.js'
import { sortedValues } from '../sorted-values.js'
import { normalUpperTail } from '../special/normal-tail.js'
import { hodgesLehmann } from './hodges-lehmann.js'
import { countPairs, type PairCounts } from './pair-counts.js'
import { exactUTail } from './u-distribution.js'

/** Which distribution of U gave the p-value. */
export type MannWhitneyMethod =
  | 'mann-whitney-exact'
  | 'mann-whitney-normal'
  | 'mann-whitney-normal-continuity'

/** What the test of Mann and Whitney says. */
export interface MannWhitneyTest {
  readonly method: MannWhitneyMethod
  /** Why: `ties-or-size` takes the exact distribution without ties and with fewer than 50 values an arm. */
  readonly rule: 'ties-or-size' | 'asked-for'
  /** Pairs in which `a` has the greater value, ties by half. */
  readonly u: number
  /** Of the normal approximation, without continuity correction; null when all values are equal. */
  readonly z: number | null
  readonly pValue: number
  /** Common-language effect size: the chance that a member of `a` is above one of `b`, ties by half. */
  readonly superiority: number
  /** Hodges and Lehmann's shift: the median of all differences of a value of `a` and one of `b`. */
  readonly shift: number
}

/** How two samples of values are to be ranked against each other. */
export interface MannWhitneyOptions {
  /** By default `two-sided`; `greater` is that values of `a` tend to be the greater. */
  readonly alternative?: Alternative
  /** By default `automatic`: exact where that is possible, else normal with continuity correction, as in R. */
  readonly method?: MannWhitneyMethod | 'automatic'
}

const METHODS = [
  'automatic',
  'mann-whitney-exact',
  'mann-whitney-normal',
  'mann-whitney-normal-continuity',
] as const
/** Values an arm: from here on the normal approximation serves, by the convention of R. */
const EXACT_BELOW = 50
/** Values an arm that the exact distribution takes when it is asked for. */
const MOST_EXACT = 100

function chosen({ hasTies, counts: [n, m] }: PairCounts): MannWhitneyMethod {
  const isSmall = n < EXACT_BELOW && m < EXACT_BELOW
  return isSmall && !hasTies ? 'mann-whitney-exact' : 'mann-whitney-normal-continuity'
}

/** Standard deviation of U under the null hypothesis, corrected for ties (Lehmann 1975, eq. 1.35). */
function spreadOf({ counts: [n, m], tieTerm }: PairCounts): number {
  const all = n + m
  return Math.sqrt(n * (m / 12) * (all + 1 - tieTerm / all / (all - 1)))
}

function exactPValue({ u, counts: [n, m] }: PairCounts, alternative: Alternative): number {
  const greater = () => exactUTail(n * m - u, n, m)
  const less = () => exactUTail(u, n, m)
  if (alternative === 'greater') return greater()
  if (alternative === 'less') return less()
  return Math.min(1, 2 * (u > (n * m) / 2 ? greater() : less()))
}

/** The p-value of a lead over the mean of U; the correction takes half a pair off it on the side that is tested. */
function normalPValue(lead: number, spread: number, alternative: Alternative, correction: number): number {
  if (spread === 0) return 1
  if (alternative === 'two-sided') {
    return Math.min(1, 2 * normalUpperTail((Math.abs(lead) - (lead === 0 ? 0 : correction)) / spread))
  }
  return normalUpperTail(((alternative === 'greater' ? lead : -lead) - correction) / spread)
}

function checkExact({ hasTies, counts: [n, m] }: PairCounts): void {
  if (hasTies) refuseNumber('method', 'no exact distribution with ties')
  if (n > MOST_EXACT || m > MOST_EXACT) refuseNumber('method', `exact up to ${MOST_EXACT} values an arm`)
}

/**
 * The rank test of Mann and Whitney (1947, "On a test of whether one of two random variables is stochastically larger
 * than the other"; Wilcoxon 1945): whether values of one arm tend to be above those of the other. Exact without ties
 * for small arms; else normal with the tie-corrected variance, with or without continuity correction. It is a test of
 * equal distributions, not of medians or means: with unequal spreads it may find a difference where means are equal.
 * With 20 values an arm the normal p-values kept their level in simulation (at 0.05 4.8 of 100 tests were wrong; where nine in
 * ten values are zeros, such as those of revenue, 3.6: there it sees less).
 *
 * @param a - each finite
 * @param b - each finite
 * @throws INVALID_INPUT with path `a`, `b` (empty), `a[i]`, `alternative` or `method` (exact with ties, or with more
 * than 100 values an arm)
 *
 * @example
 * ```ts
 * import { mannWhitney } from '@campaignkit/core/statistics'
 * const { u, pValue, superiority, shift } = mannWhitney([1.1, 2.2, 3.3, 4.4], [0.5, 0.7, 1.2])
 * console.log(u, pValue.toFixed(4), superiority.toFixed(3), shift.toFixed(2)) // 11 0.1143 0.917 1.90
 * ```
 */
export function mannWhitney(
  a: readonly number[],
  b: readonly number[],
  { alternative = 'two-sided', method: wanted = 'automatic' }: MannWhitneyOptions = {},
): MannWhitneyTest {
  checkAlternative(alternative)
  checkWord(wanted, METHODS, 'method')
  const [first, second] = [sortedValues(a, 'a'), sortedValues(b, 'b')]
  const pairs = countPairs(first, second)
  const method = wanted === 'automatic' ? chosen(pairs) : wanted
  if (method === 'mann-whitney-exact') checkExact(pairs)
  const spread = spreadOf(pairs)
  const lead = pairs.u - (first.length * second.length) / 2
  return {
    method,
    rule: wanted === 'automatic' ? 'ties-or-size' : 'asked-for',
    u: pairs.u,
    z: spread > 0 ? lead / spread : null,
    pValue:
      method === 'mann-whitney-exact'
        ? exactPValue(pairs, alternative)
        : normalPValue(lead, spread, alternative, method === 'mann-whitney-normal' ? 0 : 0.5),
    superiority: pairs.u / (first.length * second.length),
    shift: hodgesLehmann(first, second),
  }
}
