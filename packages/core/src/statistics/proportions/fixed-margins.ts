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
