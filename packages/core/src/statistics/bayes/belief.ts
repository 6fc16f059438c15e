import { checkOpenShare } from '../checks.js'

/** What a posterior says of a figure. */
export interface CredibleInterval {
  /** Mean of the posterior. */
  readonly value: number
  readonly low: number
  readonly high: number
  /** Probability that the figure lies within, as much of the rest on either side. */
  readonly probability: number
}

/** One arm, as a Bayesian sees it. */
export interface ArmBelief {
  readonly interval: CredibleInterval
  /** Probability that no other arm is better; of all arms together 1. */
  readonly probabilityToBeBest: number
  /**
   * By how much the best arm is expected to be above this one, in units of the figure: what choosing it would
   * cost.
   */
  readonly expectedLoss: number
}

/** Probability of credible intervals when nothing else is asked for. */
export const DEFAULT_CREDIBILITY = 0.95

/** The probabilities of less than the ends of an interval. */
export function tailsOf(credibility: number): readonly [number, number] {
  checkOpenShare(credibility, 'credibility')
  return [(1 - credibility) / 2, (1 + credibility) / 2]
}
