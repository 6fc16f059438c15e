import { sum } from 'simple-statistics'
import type { Alternative } from '../alternative.js'
import { checkProportion, type Proportion } from '../checks.js'
import { checkAlternative, refuseNumber } from '../number-checks.js'
import { binomialMean } from './binomial-mean.js'
import { fisherExact } from './fisher.js'
import { fixedMarginWeights } from './fixed-margins.js'
import { highestOf } from './highest.js'

/** What Boschloo's test says. */
export interface BoschlooTest {
  readonly method: 'boschloo-exact'
  /** Fisher's one-sided p-value of the observed table, of the side that is the more extreme: what tables are ranked by. */
  readonly statistic: number
  readonly pValue: number
  /** The common rate under the null hypothesis at which a table as extreme is the likeliest, of that side. */
  readonly commonRate: number
}

/** Members of both arms together. */
const MOST_TRIALS = 4_000
/** Two tables whose Fisher p-values are that near are ranked alike: mirror images differ by rounding only. */
const AS_EXTREME = 1 + 1e-11

/**
 * For each number of successes in both arms the chance of an extreme table among those: the largest of Fisher's
 * one-sided p-values that is at most `bar`.
 */
function extremeShares(a: number, b: number, bar: number): Float64Array {
  return Float64Array.from({ length: a + b + 1 }, (_, successes) => {
    const { weights } = fixedMarginWeights(a, b, successes)
    const allowed = bar * sum([...weights])
    let tail = 0
    for (let cell = weights.length - 1; cell >= 0; cell -= 1) {
      const next = tail + (weights[cell] ?? 0)
      if (next > allowed) break
      tail = next
    }
    return (tail / allowed) * bar
  })
}

/** Whether the test of that side has a p-value above `bar`: it does when one common rate alone says so. */
function isAbove(bar: number, a: Proportion, b: Proportion, commonRate: number): boolean {
  const statistic = fisherExact(a, b, { alternative: 'greater' })
  const shares = extremeShares(a.trials, b.trials, statistic * AS_EXTREME)
  return binomialMean(shares, commonRate / (1 - commonRate)) > bar
}

function greaterTest(a: Proportion, b: Proportion): BoschlooTest {
  const statistic = fisherExact(a, b, { alternative: 'greater' })
  if (statistic * AS_EXTREME >= 1) return { method: 'boschloo-exact', statistic, pValue: 1, commonRate: 0.5 }
  const shares = extremeShares(a.trials, b.trials, statistic * AS_EXTREME)
  const heightAt = (angle: number) => binomialMean(shares, Math.tan(angle / 2) ** 2)
  const { at, height } = highestOf(heightAt, a.trials + b.trials)
  return {
    method: 'boschloo-exact',
    statistic,
    pValue: Math.min(1, height),
    commonRate: Math.sin(at / 2) ** 2,
  }
}

/** Twice the smaller side; the other one is worked out only where it might be the smaller. */
function twoSidedTest(a: Proportion, b: Proportion): BoschlooTest {
  const [first, second] = a.successes * b.trials >= b.successes * a.trials ? [a, b] : [b, a]
  const leading = greaterTest(first, second)
  const isLeast = leading.pValue < 1 && isAbove(leading.pValue, second, first, leading.commonRate)
  const trailing = isLeast ? leading : greaterTest(second, first)
  const side = trailing.pValue < leading.pValue ? trailing : leading
  return { ...side, pValue: Math.min(1, 2 * side.pValue) }
}

/**
 * Boschloo's unconditional exact test of two equal proportions (Boschloo 1970, "Raised conditional level of
 * significance for the 2 x 2 table when testing the equality of two probabilities"): tables are ranked by Fisher's
 * one-sided p-value, and the p-value is the probability of a table ranked as high, at the common rate at which that is
 * largest. Exact, and at least as sharp as Fisher's test for one side; two-sided is twice the smaller side, at most 1.
 *
 * In the angle that stands for the common rate that probability is a trigonometric polynomial of degree n = trials of
 * both: it is searched at 4 n angles, which miss its top by at most 4 % (M. Riesz 1914), and every local top within
 * that is refined. Relative error some 1e-12 down to 1e-280.
 *
 * @param options - `alternative`, by default `two-sided`; `greater` is that the rate of `a` is the greater
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `alternative` and the like; path `trials` for more than
 * 4,000 trials in both arms together
 *
 * @example
 * ```ts
 * import { boschlooExact } from '@campaignkit/core/statistics'
 * const { pValue } = boschlooExact({ successes: 9, trials: 12 }, { successes: 3, trials: 12 })
 * console.log(pValue.toFixed(4)) // 0.0228
 * ```
 */
export function boschlooExact(
  a: Proportion,
  b: Proportion,
  { alternative = 'two-sided' }: { readonly alternative?: Alternative } = {},
): BoschlooTest {
  checkProportion(a, 'a')
  checkProportion(b, 'b')
  checkAlternative(alternative)
  if (a.trials + b.trials > MOST_TRIALS) refuseNumber('trials', `more than ${MOST_TRIALS} in both arms`)
  if (alternative === 'greater') return greaterTest(a, b)
  if (alternative === 'less') return greaterTest(b, a)
  return twoSidedTest(a, b)
}
