import type { Arm } from './experiment.js'
import type { Rate } from './metrics.js'

/** A number with its interval at the stated confidence. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
  /** Such as 0.95. */
  readonly confidence: number
}

/** One arm in the comparison: converted members over assigned members. */
export interface ArmResult {
  readonly arm: Arm
  readonly rate: Rate
  /** Wilson interval of the rate; null for an empty arm. */
  readonly interval: Estimate | null
}

/** Which test gave a p-value. */
export type TestMethod = 'pooled-z' | 'fisher-exact'

/** Two arms against each other. */
export interface Comparison {
  readonly arm: Arm
  readonly against: Arm
  /** Rate of `arm` minus rate of `against`, with Newcombe's interval. */
  readonly difference: Estimate
  /** Relative lift over `against`, a fraction, with Katz's interval; null when either arm has no conversions. */
  readonly lift: Estimate | null
  /** z of the pooled test; null when both rates are 0 or both are 1. */
  readonly z: number | null
  /** Two-sided, of this comparison alone. */
  readonly pValue: number
  /** The same after Holm's correction among the variants, or among the comparisons with the holdout. */
  readonly adjustedPValue: number
  readonly method: TestMethod
}

/** What the experiment says. */
export type VerdictOutcome = 'winner' | 'no-difference' | 'keep-collecting' | 'not-an-experiment'

/** What the experiment says, and why. */
export interface Verdict {
  readonly outcome: VerdictOutcome
  /** The winning arm, the holdout when sending was worse than silence; null otherwise. */
  readonly winner: Arm | null
  /** Why the outcome is what it is, a short text each. */
  readonly reasons: readonly string[]
  /** In the order in which they were given. */
  readonly arms: readonly ArmResult[]
  /** Every variant against each other variant, then against the holdout when there is one; empty arms left out. */
  readonly comparisons: readonly Comparison[]
  readonly confidence: number
  /** One sentence for people. */
  readonly sentence: string
}
