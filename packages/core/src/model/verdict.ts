import type { Arm, Experiment } from './experiment.js'
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
  /**
   * Under a uniform prior, among the arms that the question is about; null for the others, and when one of them has
   * more than 1e9 members. Information only.
   */
  readonly probabilityToBeBest: number | null
}

export type TestMethod = 'pooled-z' | 'fisher-exact' | 'boschloo-exact'

/** Tests of two arms that are compared within strata. */
export type StratifiedMethod = 'mantel-haenszel' | 'stratified-exact'

/** Two arms as they may be looked at at any time, as often as one likes. */
export interface AnytimeView {
  /** Rate of `arm` minus rate of `against`, with its confidence sequence. */
  readonly difference: Estimate
  /** Relative lift over `against`, a fraction; null when either arm has no conversions. */
  readonly lift: Estimate | null
  /** Always valid, of this comparison alone. */
  readonly pValue: number
  /** The same after Holm's correction among the variants, or among the comparisons with the holdout. */
  readonly adjustedPValue: number
  /** Natural logarithm of the e-value. */
  readonly logEvidence: number
  readonly method: 'success-split' | 'stratified-success-split'
}

/** Two arms against each other: as a test that looks once, and under `anytime` as one that may be watched. */
export interface Comparison {
  readonly arm: Arm
  readonly against: Arm
  /**
   * Rate of `arm` minus rate of `against`, with Newcombe's interval. Within strata the Mantel-Haenszel difference, with
   * Sato's interval, or with `stratified-exact` the stratified Newcombe interval; -1 to 1 when no stratum has both arms.
   */
  readonly difference: Estimate
  /**
   * Relative lift over `against` (the improvement), a fraction, with Katz's interval, within strata that of Greenland and
   * Robins; null when either arm has no conversions.
   */
  readonly lift: Estimate | null
  readonly z: number | null
  /** Two-sided, of this comparison alone. */
  readonly pValue: number
  /** The same after Holm's correction among the variants, or among the comparisons with the holdout. */
  readonly adjustedPValue: number
  readonly method: TestMethod | StratifiedMethod
  readonly anytime: AnytimeView
}

/**
 * What the experiment says. `no-difference` is a result: nobody can name a winner, and nothing more will come in.
 * `equivalent`: the arms differ by less than the declared margin. `invalid`: the figures cannot be trusted.
 * `not-an-experiment`: there is nothing to compare with.
 */
export type VerdictOutcome =
  | 'winner'
  | 'no-difference'
  | 'equivalent'
  | 'keep-collecting'
  | 'invalid'
  | 'not-an-experiment'

/** What was asked before the outcome was settled. */
export interface VerdictCheck {
  /**
   * - `sample-ratio`: the arms have the sizes that their weights say
   * - `attrition`: the arms lose members alike from assigned to sent, delivered and analysed
   * - `maturity`: every member has had the conversion window
   * - `minimum`: each compared arm has enough members and conversions
   * - `machines`: the answer is the same with what machines did
   * - `strata`: the leading arm is ahead within the strata too where it is as a whole; `pValue` is that of heterogeneity
   * - `guardrails`: the winner has no more unsubscribes, complaints or bounces than the others
   */
  readonly check: 'sample-ratio' | 'attrition' | 'maturity' | 'minimum' | 'machines' | 'strata' | 'guardrails'
  readonly passed: boolean
  /** The smallest one on which it rests; null where it is no test. */
  readonly pValue: number | null
  /** What was found, for people. */
  readonly words: string
}

/** Two arms within one stratum. */
export interface StratumResult {
  readonly name: string
  /** Of the one arm. */
  readonly rate: Rate
  /** Of the arm that it is compared with. */
  readonly againstRate: Rate
  /** The one minus the other, with Newcombe's interval; null when either arm has no members in it. */
  readonly difference: Estimate | null
}

/** Whether two arms differ alike in all strata: the test of Breslow, Day and Tarone. */
export interface Heterogeneity {
  readonly statistic: number
  /** Of freedom: the strata that it rests on less one. */
  readonly degrees: number
  readonly pValue: number
}

/** Two arms compared within strata: waves, or parts of the audience that the arms were drawn in. */
export interface StrataResult {
  readonly arm: Arm
  readonly against: Arm
  /** By name; those in which neither arm has members are left out. */
  readonly strata: readonly StratumResult[]
  /** Of all strata together, looked at once. */
  readonly difference: Estimate
  /** Null where the counts are too small for it, and where fewer than two strata have what it compares. */
  readonly heterogeneity: Heterogeneity | null
}

/** How many more members of every arm would settle a question that the data leaves open. */
export interface MembersNeeded {
  /** For each of the two leading arms: what the smaller of them would then have. */
  readonly membersPerArm: number
  /** For every arm, beyond what it has; at least 1. */
  readonly moreMembersPerArm: number
  /** The difference of rates that they would show: the one that was observed, or the margin. */
  readonly difference: number
  readonly assuming: 'observed-difference' | 'equivalence-margin'
  /**
   * Chance that they show it: 0.5 where figures are watched, since the members are those with which the observed rates
   * just settle it, and luck settles it sooner as often as later; 0.8 where one looks once.
   */
  readonly power: number
}

/** What the experiment says, and why. The same data gives the same verdict, to the byte. */
export interface Verdict {
  readonly outcome: VerdictOutcome
  /** The winning arm, the holdout when sending was worse than silence; null otherwise. */
  readonly winner: Arm | null
  /** Why the outcome is what it is, a short text each. */
  readonly reasons: readonly string[]
  readonly checks: readonly VerdictCheck[]
  /** In the order in which they were given. */
  readonly arms: readonly ArmResult[]
  /** Every variant against each other variant, then against the holdout when there is one; empty arms left out. */
  readonly comparisons: readonly Comparison[]
  /** The winner (or the arm with the highest rate) against the best of the others; null without two arms that have members. */
  readonly leaders: Comparison | null
  /** The leaders stratum by stratum; null without strata, and when their members are all in one. */
  readonly strata: StrataResult | null
  /** Null with a winner, where time alone is missing, and where no number of members would help, or none that there are. */
  readonly membersNeeded: MembersNeeded | null
  readonly confidence: number
  readonly method: {
    /** The view that decided. */
    readonly decision: Experiment['decision']
    /** Among the variants, and among the comparisons with the holdout. */
    readonly correction: 'holm'
    /** Counts the changes of the rules: verdicts of one version are comparable. */
    readonly version: number
  }
  /**
   * SHA-256 over the canonical JSON of the data and the rules that it was judged by, in hexadecimal. The arms are sorted by name:
   * their order does not matter.
   */
  readonly dataDigest: string
  /** One sentence for people. */
  readonly sentence: string
}
