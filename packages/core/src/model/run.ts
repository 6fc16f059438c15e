import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ExclusionCode } from './exclusion.js'

/**
 * How far the freezing of a run has come. `matching` goes through the customers by id (`scanned` are those
 * who match and were read), `ranking` through the members by rank; each step writes its rows and then moves the cursor, so that a killed freezing goes on where it was.
 * `newcomers` counts the members whom the arm sequence of the campaign has given an arm, those of earlier runs among
 * them: the next run goes on behind. Where the members are in strata, `strata` says of each, by its label, how many
 * newcomers it has and how many of them have an arm.
 */
export type FreezeState =
  | { readonly phase: 'matching'; readonly after: CustomerId | null; readonly scanned: number }
  | {
      readonly phase: 'ranking'
      /** The member that was ranked last, behind whom it goes on; null before the first. */
      readonly after: RankPlace | null
      readonly nextRank: number
      readonly newcomers: number
      readonly strata?: StrataProgress
    }
  | { readonly phase: 'frozen'; readonly at: Instant; readonly newcomers: number }

/** Where a member stands in the order of a run: by rank key, ties by customer id, both by code points. */
export interface RankPlace {
  readonly rankKey: string
  readonly customerId: CustomerId
}

/** Of each stratum, by its label: newcomers, and those of them who were given an arm so far. */
export type StrataProgress = Readonly<Record<string, { readonly size: number; readonly given: number }>>

/** The funnel of an audience: `matched` is the sum of the others. */
export interface AudienceCounts {
  readonly matched: number
  readonly recipients: number
  readonly holdout: number
  readonly remainder: number
  readonly excluded: Readonly<Partial<Record<ExclusionCode, number>>>
}

/** One freezing of a campaign. */
export interface Run {
  readonly id: RunId
  readonly campaignId: CampaignId
  /** Unique in the campaign: the instant of its start in ISO 8601, or `rollout`. */
  readonly occurrence: string
  readonly scheduledFor: Instant
  readonly freeze: FreezeState
  /** `open` until every delivery is settled or the campaign ends. */
  readonly status: 'open' | 'ended'
  readonly version: number
  readonly createdAt: Instant
  readonly endedAt: Instant | null
  /** When it ended first; a person's word on held deliveries can open a run again, but no conversion window. */
  readonly firstEndedAt: Instant | null
}
