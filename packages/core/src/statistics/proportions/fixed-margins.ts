import { sum } from 'simple-statistics'
import type { Alternative } from '../alternative.js'

/** The margins of a 2 x 2 table whose first cell is the number of successes of `a`. */
interface Margins {
  readonly a: number
  readonly b: number
  readonly successes: number
}

/** The possible first cells of a table with fixed margins. */
export interface MarginWeights {
  /** The first cell that the first weight belongs to. */
  readonly from: number
  /** How likely each is, relative to the likeliest. */
  readonly weights: readonly number[]
}

/** Below it a double has fewer digits, and a ratio near 1 would never make it smaller. */
const LEAST_WEIGHT = 2.3e-308

/** P(first cell = count + 1) / P(first cell = count) under fixed margins. */
function stepUp({ a, b, successes }: Margins, count: number): number {
  return ((a - count) / (count + 1)) * ((successes - count) / (b - successes + count + 1))
}

/**
 * Weights of every possible first cell relative to that of the mode, smallest cell first; the far ends, where a
 * weight is too small for a double, are left out. Steps from a cell to its neighbour are exact ratios of whole
 * numbers, so a weight has a relative error of a few rounding errors a step, without any factorial.
 */
export function fixedMarginWeights(a: number, b: number, successes: number): MarginWeights {
  const margins = { a, b, successes }
  const lowest = Math.max(0, successes - b)
  const highest = Math.min(a, successes)
  const mode = Math.min(highest, Math.max(lowest, Math.floor(((a + 1) * (successes + 1)) / (a + b + 2))))
  const above: number[] = []
  for (let count = mode, weight = 1; count < highest; count += 1) {
    weight *= stepUp(margins, count)
    if (weight < LEAST_WEIGHT) break
    above.push(weight)
  }
  const below: number[] = []
  for (let count = mode, weight = 1; count > lowest; count -= 1) {
    weight /= stepUp(margins, count - 1)
    if (weight < LEAST_WEIGHT) break
    below.push(weight)
  }
  return { from: mode - below.length, weights: [...below.reverse(), 1, ...above] }
}

/** Tables as likely as the observed one up to rounding count as equally likely, by the convention of R. */
const AS_LIKELY = 1 + 1e-7

/** The weights of the tables that speak as much against the null hypothesis as the observed one, or more. */
function asExtreme(weights: readonly number[], observed: number, alternative: Alternative): number[] {
  if (alternative === 'greater') return weights.slice(Math.max(0, observed))
  if (alternative === 'less') return weights.slice(0, Math.max(0, observed + 1))
  const bar = (weights[observed] ?? 0) * AS_LIKELY
  return weights.filter((weight) => weight <= bar)
}

/** The chance of a count that is as extreme as the observed one, or more: an exact p-value. */
export function extremeShare(
  { from, weights }: MarginWeights,
  observed: number,
  alternative: Alternative,
): number {
  return Math.min(1, sum(asExtreme(weights, observed - from, alternative)) / sum([...weights]))
}
