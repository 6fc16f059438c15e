import type { Arm, Experiment } from './experiment.js'
import type { Estimate } from './verdict.js'

/** Intervals of what members brought beyond what they would have brought anyway. The cost is taken as known. */
export interface IncrementalView {
  /** Mean revenue of a treated member less that of a held out one. */
  readonly perMember: Estimate
  /** Of all treated members together. */
  readonly revenue: Estimate
  /** The same less the cost. */
  readonly net: Estimate
  /** (revenue - cost) / cost in percent; null without a cost. */
  readonly roiPercent: Estimate | null
}

/** What members brought beyond what they would have brought anyway, as those show who got nothing. */
export interface IncrementalRevenue {
  /** Treated members, each in its first run of the campaign. */
  readonly members: number
  readonly heldOut: number
  /** Revenue of a treated member. */
  readonly treatedMean: number
  /** Revenue of a held out member. */
  readonly holdoutMean: number
  readonly cost: number
  /** `treatedMean` less `holdoutMean`. */
  readonly perMember: number
  /** `perMember` times `members`. */
  readonly revenue: number
  /** `revenue` less `cost`. */
  readonly net: number
  /** (revenue - cost) / cost in percent; null without a cost. */
  readonly roiPercent: number | null
  /** For whoever looks once; null with fewer than 2 members on a side, or when all values are the same. */
  readonly fixed: (IncrementalView & { readonly method: 'welch-t' | 'pooled-t' }) | null
  /** For whoever looks as often as they like; null until there are 100 members on either side, or without any spread. */
  readonly anytime: (IncrementalView & { readonly method: 'normal-mixture' }) | null
}

/** One variant against the holdout, or all of them together. Amounts are in minor units, fractions kept. */
export interface IncrementalArm extends IncrementalRevenue {
  /** Null for all variants together. */
  readonly arm: Arm | null
}

/**
 * Why nobody knows what a campaign earned by itself.
 *
 * - `no-holdout`: everybody was to get something
 * - `no-members`: nobody is in the holdout, or in a variant, yet
 * - `no-revenue`: no amounts were recorded
 * - `several-currencies`: revenue and cost are not all of one currency
 */
export type NotMeasuredReason = 'no-holdout' | 'no-members' | 'no-revenue' | 'several-currencies'

/** What a campaign earned by itself, by the members of the experiment. */
export type IncrementalReport =
  | { readonly outcome: 'not-measured'; readonly reason: NotMeasuredReason }
  | {
      readonly outcome: 'measured'
      readonly currency: string
      /**
       * Conversions when any of them has an amount, else redemptions less those given back. The holdout has no coupon to
       * redeem: by redemptions alone all is counted that was bought with one, also what would have been bought anyway.
       */
      readonly revenueSource: 'conversions' | 'redemptions'
      /** Whether every conversion window is over: before, revenue can still come in. */
      readonly isFinal: boolean
      /** Which of the two views the experiment goes by. */
      readonly decision: Experiment['decision']
      readonly together: IncrementalArm
      /** Variants with members, in the order of the report's arms; their intervals are not corrected for their number. */
      readonly variants: readonly IncrementalArm[]
    }
