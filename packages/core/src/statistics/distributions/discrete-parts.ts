import type { Tails } from '../special/tails.js'

/** What a distribution of counts is made of. */
export interface DiscreteParts {
  /** The ends of the support. */
  readonly low: number
  readonly high: number
  readonly mean: number
  readonly sd: number
  /** ln P(X = count), for a whole number within the support. */
  readonly logMass: (count: number) => number
  /** The tails at a whole number from `low` to `high - 1`. */
  readonly tails: (count: number) => Tails
}
