import { sum } from 'simple-statistics'
import { checkProportion, type Proportion } from './checks.js'

/** Tables as likely as the observed one up to rounding count as equally likely, by the convention of R. */
const AS_LIKELY = 1 + 1e-7

/** The margins of a 2 x 2 table whose first cell is the number of successes of `a`. */
interface Margins {
  readonly a: number
  readonly b: number
  readonly successes: number
  readonly lowest: number
  readonly highest: number
}

/** P(first cell = count + 1) / P(first cell = count) under fixed margins. */
function stepUp({ a, b, successes }: Margins, count: number): number {
  return ((a - count) / (count + 1)) * ((successes - count) / (b - successes + count + 1))
}

/**
 * Weights of every possible first cell relative to that of the mode, smallest cell first; the far ends, where a
 * weight is too small for a double, are left out. Steps from a cell to its neighbour are exact ratios of whole
 * numbers, so a weight has a relative error of a few rounding errors a step, without any factorial.
 */
function relativeWeights(margins: Margins): { readonly from: number; readonly weights: readonly number[] } {
  const { a, b, successes, lowest, highest } = margins
  const mode = Math.min(highest, Math.max(lowest, Math.floor(((a + 1) * (successes + 1)) / (a + b + 2))))
  const above: number[] = []
  for (let count = mode, weight = 1; count < highest; count += 1) {
    weight *= stepUp(margins, count)
    if (weight === 0) break
    above.push(weight)
  }
  const below: number[] = []
  for (let count = mode, weight = 1; count > lowest; count -= 1) {
    weight /= stepUp(margins, count - 1)
    if (weight === 0) break
    below.push(weight)
  }
  return { from: mode - below.length, weights: [...below.reverse(), 1, ...above] }
}

/**
 * Fisher's exact test of two equal proportions, two-sided: the probability of all tables with the same margins that
 * are at most as likely as the observed one (likelier by a factor of 1 + 1e-7 counts as equal). Exact for every size;
 * conservative, that is, its true error level lies below the nominal one. Relative error at most 1e-12 down to
 * 1e-300, below that 0; time and memory grow with the square root of the trials.
 *
 * @returns the p-value
 * @throws INVALID_INPUT with path `a.trials`, `b.successes` and the like
 *
 * @example
 * ```ts
 * import { fisherExact } from '@campaignkit/core/statistics'
 * fisherExact({ successes: 3, trials: 4 }, { successes: 1, trials: 4 }) // 0.4857
 * ```
 */
export function fisherExact(a: Proportion, b: Proportion): number {
  checkProportion(a, 'a')
  checkProportion(b, 'b')
  const successes = a.successes + b.successes
  const lowest = Math.max(0, successes - b.trials)
  const highest = Math.min(a.trials, successes)
  const { from, weights } = relativeWeights({ a: a.trials, b: b.trials, successes, lowest, highest })
  const bar = (weights[a.successes - from] ?? 0) * AS_LIKELY
  return Math.min(1, sum(weights.filter((weight) => weight <= bar)) / sum([...weights]))
}
