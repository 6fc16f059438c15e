import { elementAt } from '../../base/element-at.js'
import type { Alternative } from '../alternative.js'
import { checkAlternative, refuseNumber } from '../number-checks.js'
import { extremeShare, fixedMarginWeights, type MarginWeights } from '../proportions/fixed-margins.js'
import { type StratumOutcome, sumOver, usableStrata } from './stratum.js'

/** Products of weights, about half a second of them. */
const MOST_PRODUCTS = 1e8
/** Of the largest weight: products below it take the processor long and change no digit that is promised. */
const NEGLIGIBLE = 1e-300

/** The first of some indices at which weights that rise (or fall) are at least (or below) a bar. */
function firstWhere(from: number, to: number, holds: (index: number) => boolean): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** The weights of the sum of two independent counts, relative to the largest. */
function convolved(left: MarginWeights, right: MarginWeights): MarginWeights {
  const [ones, others] = [Float64Array.from(left.weights), Float64Array.from(right.weights)]
  const top = others.indexOf(others.reduce((most, weight) => Math.max(most, weight), 0))
  const sums = new Float64Array(ones.length + others.length - 1)
  ones.forEach((weight, at) => {
    const bar = NEGLIGIBLE / weight
    const first = firstWhere(0, top, (index) => elementAt(others, index) >= bar)
    const end = firstWhere(top, others.length, (index) => elementAt(others, index) < bar)
    for (let offset = first; offset < end; offset += 1)
      sums[at + offset] = elementAt(sums, at + offset) + weight * elementAt(others, offset)
  })
  const largest = sums.reduce((most, weight) => Math.max(most, weight), 0)
  const weights = Array.from(sums, (weight) => weight / largest)
  const first = weights.findIndex((weight) => weight > NEGLIGIBLE)
  const last = weights.findLastIndex((weight) => weight > NEGLIGIBLE)
  return { from: left.from + right.from + first, weights: weights.slice(first, last + 1) }
}

/** How likely each number of successes of `a` is when the margins of every stratum are given. */
function sumWeights(strata: readonly StratumOutcome[]): MarginWeights {
  let together: MarginWeights = { from: 0, weights: [1] }
  let products = 0
  for (const { a, b } of strata) {
    const own = fixedMarginWeights(a.trials, b.trials, a.successes + b.successes)
    products += own.weights.length * together.weights.length
    if (products > MOST_PRODUCTS) refuseNumber('strata', 'too many members for an exact test')
    together = convolved(together, own)
  }
  return together
}

/**
 * The exact test of two rates that are equal within every stratum: the number of successes of `a`, given the margins of
 * all strata, is a sum of hypergeometric counts, whose distribution is convolved (Birch 1964; Gart 1970; as
 * `mantelhaen.test(exact = TRUE)` of R). Two-sided, it is the probability of all sums that are at most as likely as the
 * observed one (likelier by a factor of 1 + 1e-7 counts as equal). With one stratum it is {@link fisherExact}.
 *
 * Exact; conservative, that is, its true error level lies below the nominal one. Relative error at most 1e-12 down to
 * 1e-280. Time grows with the members, unlike that of Fisher's test: made for small counts, where the normal
 * approximation of {@link combineStrata} fails, and refused where it would take more than half a second or so, at 10 % from some
 * 200,000 members in 24 strata or a million in two.
 *
 * @param options - `alternative`, by default `two-sided`; `greater` is that the rates of `a` are the greater
 * @returns the p-value
 * @throws INVALID_INPUT with path `strata` (none has members in both arms, or too many have), `strata[2].a.successes`,
 * `alternative` and the like
 *
 * @example
 * ```ts
 * import { exactStratifiedTest } from '@campaignkit/core/statistics'
 * const pValue = exactStratifiedTest([
 *   { a: { successes: 3, trials: 8 }, b: { successes: 0, trials: 9 } },
 *   { a: { successes: 1, trials: 8 }, b: { successes: 2, trials: 8 } },
 *   { a: { successes: 4, trials: 6 }, b: { successes: 1, trials: 9 } },
 * ])
 * console.log(pValue.toFixed(4)) // 0.0445
 * ```
 */
export function exactStratifiedTest(
  strata: readonly StratumOutcome[],
  { alternative = 'two-sided' }: { readonly alternative?: Alternative } = {},
): number {
  checkAlternative(alternative)
  const used = usableStrata(strata)
  return extremeShare(
    sumWeights(used),
    sumOver(used, ({ a }) => a.successes),
    alternative,
  )
}
