/** How the values of two arms lie to each other. */
export interface PairCounts {
  /** Values of the first arm and of the second. */
  readonly counts: readonly [number, number]
  /** Pairs in which the first arm has the greater value, ties by half. */
  readonly u: number
  readonly hasTies: boolean
  /** The sum of t^3 - t over all groups of t equal values in both arms together. */
  readonly tieTerm: number
}

/** How many values from `from` on equal `value`. */
function runLength(values: Float64Array, from: number, value: number): number {
  let end = from
  while (end < values.length && values[end] === value) end += 1
  return end - from
}

/** Walks up both arms at once; each must be sorted. */
export function countPairs(a: Float64Array, b: Float64Array): PairCounts {
  let [i, j, twiceU, tieTerm] = [0, 0, 0, 0]
  while (i < a.length || j < b.length) {
    const value = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY)
    const inA = runLength(a, i, value)
    const inB = runLength(b, j, value)
    twiceU += inA * (2 * j + inB)
    tieTerm += (inA + inB) ** 3 - (inA + inB)
    i += inA
    j += inB
  }
  return { counts: [a.length, b.length], u: twiceU / 2, hasTies: tieTerm > 0, tieTerm }
}
