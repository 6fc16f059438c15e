import { normalUpperQuantile } from '../special/normal-quantile.js'
import type { Tails } from '../special/tails.js'
import type { Side } from './continuous.js'
import type { DiscreteParts } from './discrete-parts.js'

/** What is looked for: the first count whose lower tail has reached, or whose upper tail has fallen to, a probability. */
export interface CountSearch extends DiscreteParts {
  readonly side: Side
  /** Strictly between 0 and 1. */
  readonly probability: number
}

const NEWTON_STEPS = 30

/** Ties hold in spite of rounding: a tail so near to the probability counts as equal to it. */
const TIE = 1e-12

/** Compared on the side where the numbers are small and keep their digits; an equal rounded tail is one as well. */
function isReached({ side, probability }: CountSearch, { lower, upper }: Tails): boolean {
  if (side === 'lower' ? lower >= probability : upper <= probability) return true
  const isLowerSmall = (side === 'lower') === probability <= 0.5
  const small = probability <= 0.5 ? probability : 1 - probability
  return isLowerSmall ? lower >= small * (1 - TIE) : upper <= small * (1 + TIE)
}

/** Newton's step on the logarithm of the smaller tail, as if counts were continuous. */
function newtonStep(
  { logMass, side, probability }: CountSearch,
  count: number,
  { logLower, logUpper }: Tails,
): number {
  const isLower = (side === 'lower') === probability <= 0.5
  const wanted = isLower === (side === 'lower') ? Math.log(probability) : Math.log1p(-probability)
  const logTail = isLower ? logLower : logUpper
  const slope = Math.exp(logMass(count) - logTail)
  return ((wanted - logTail) / slope) * (isLower ? 1 : -1)
}

function startOf({ low, high, mean, sd, side, probability }: CountSearch): number {
  const z = normalUpperQuantile(probability) * (side === 'upper' ? 1 : -1)
  return Math.min(high - 1, Math.max(low, Math.round(mean + z * sd)))
}

/**
 * The smallest count that the tail allows: steps by Newton's method between a count that has not reached the
 * probability and one that has, until they are neighbours.
 */
export function smallestCount(search: CountSearch): number {
  let short = search.low - 1
  let reached = search.high
  let at = startOf(search)
  for (let step = 0; reached - short > 1; step += 1) {
    const tails = search.tails(at)
    if (isReached(search, tails)) reached = at
    else short = at
    const middle = reached === Number.POSITIVE_INFINITY ? 2 * at + 10 : Math.floor((short + reached) / 2)
    const target = Math.round(at + newtonStep(search, at, tails))
    const isUseful = step < NEWTON_STEPS && Number.isFinite(target)
    at = Math.min(reached - 1, Math.max(short + 1, isUseful ? target : middle))
  }
  return reached
}
