/** A beta prior of a rate, as successes and failures that one pretends to have seen already; both above 0. */
export interface BetaPrior {
  readonly successes: number
  readonly failures: number
}
