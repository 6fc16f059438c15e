import type { Tails } from '../special/tails.js'
import type { Side } from './continuous.js'

/** What a quantile above 0 is looked for with. */
export interface PositiveSearch {
  readonly side: Side
  /** Above 0 and at most 0.5. */
  readonly probability: number
  readonly tails: (x: number) => Tails
  readonly logDensity: (x: number) => number
  /** Where to begin; above 0. */
  readonly start: number
}

/** Below it a double loses digits: there the logarithms are compared. */
const SMALL = 1e-290
const MOST_STEPS = 200
/** Where the logarithms of the doubles end. */
const LEAST = -745.2
const MOST = 709.78
/** With so small a product of step and offset, which bounds the error that Newton's step leaves, it is the last one. */
const SETTLED = 1e-17
/** The longest step, in e-folds, while one side of the bracket is open. */
const STRIDE = 50

/** ln(tail / probability), and how it changes with ln x. */
function offsetAt(search: PositiveSearch, logX: number): { offset: number; slope: number } {
  const x = Math.exp(logX)
  const { lower, upper, logLower, logUpper } = search.tails(x)
  const [tail, logTail, sign] =
    search.side === 'lower' ? ([lower, logLower, 1] as const) : ([upper, logUpper, -1] as const)
  const isSmall = tail < SMALL || search.probability < SMALL
  return {
    offset: isSmall ? logTail - Math.log(search.probability) : Math.log(tail / search.probability),
    slope: sign * Math.exp(logX + search.logDensity(x) - logTail),
  }
}

/** A step by Newton's method, or, where that leaves the bracket or stalls, a bisection or a stride. */
function nextPoint(at: number, newton: number, low: number, high: number, isStalled: boolean): number {
  const isOpen = low === Number.NEGATIVE_INFINITY || high === Number.POSITIVE_INFINITY
  if (!isOpen && (isStalled || !(newton > low && newton < high))) return (low + high) / 2
  if (!isOpen) return newton
  const limit = at === low ? at + STRIDE : at - STRIDE
  return Math.abs(newton - at) < STRIDE ? newton : limit
}

/**
 * The x above 0 with that tail: Newton's method on the logarithm of the tail over ln x, inside a bracket; 0 or Infinity
 * where x is beyond the doubles. The last step is taken from x itself, so that rounding ln x costs nothing.
 */
export function positiveQuantile(search: PositiveSearch): number {
  let at = Math.log(search.start)
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  let before = Number.POSITIVE_INFINITY
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (at < LEAST) return 0
    if (at > MOST) return Number.POSITIVE_INFINITY
    const { offset, slope } = offsetAt(search, at)
    const change = offset === 0 ? 0 : -offset / slope
    if (Math.abs(change * offset) < SETTLED) return Math.exp(at) * (1 + change)
    if (offset > 0 === (search.side === 'lower')) high = at
    else low = at
    at = nextPoint(at, at + change, low, high, Math.abs(offset) > before / 2)
    before = Math.abs(offset)
  }
  return Math.exp(at)
}
