import { elementAt } from '../../base/element-at.js'

/** What lies on either side of a bar among all differences of two arms. */
interface Split {
  /** Differences at most the bar. */
  readonly count: number
  /** The largest of those. */
  readonly below: number
  /** The smallest of the others. */
  readonly above: number
}

/** One walk along the stairs that part the sorted table of differences. */
function splitAt(a: Float64Array, b: Float64Array, bar: number): Split {
  let [count, below, above] = [0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  let first = 0
  for (const value of a) {
    while (first < b.length && value - elementAt(b, first) > bar) first += 1
    count += b.length - first
    if (first < b.length) below = Math.max(below, value - elementAt(b, first))
    if (first > 0) above = Math.min(above, value - elementAt(b, first - 1))
  }
  return { count, below, above }
}

/** The difference of that rank, from 1: halves the range and snaps both ends to differences that there are. */
function differenceOfRank(a: Float64Array, b: Float64Array, rank: number): number {
  let low = elementAt(a, 0) - elementAt(b, b.length - 1)
  let high = elementAt(a, a.length - 1) - elementAt(b, 0)
  while (low < high) {
    const middle = low + (high - low) / 2
    const { count, below, above } = splitAt(a, b, middle < high ? middle : low)
    if (count >= rank) high = below
    else low = above
  }
  return high
}

/**
 * The median of all `n m` differences of two sorted arms (Hodges and Lehmann 1963, eq. 4.3), without forming them: some
 * 60 walks along both arms.
 */
export function hodgesLehmann(a: Float64Array, b: Float64Array): number {
  const pairs = a.length * b.length
  const lower = differenceOfRank(a, b, Math.ceil(pairs / 2))
  return pairs % 2 === 1 ? lower : (lower + differenceOfRank(a, b, pairs / 2 + 1)) / 2
}
