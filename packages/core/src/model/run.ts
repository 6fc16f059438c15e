import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ExclusionCode } from './exclusion.js'

/**
 * How far the freezing of a run has come. `matching` goes through the customers by id (`scanned` are those who match and
 * were read); where the storage plans by itself `planning` goes through stretches of them instead, the first `planned` of
 * which are done; `settling` leaves each address to one of them; `ranking` makes members of them, slice by slice in the order
 * of their ranks: the first `placed` of `slices` are done. `newcomers` counts those to whom the arm sequence of the
 * campaign has given an arm: while ranking in earlier runs, once frozen in this one as well, and the next run goes on
 * behind.
 */
export type FreezeState =
  | { readonly phase: 'matching'; readonly after: CustomerId | null; readonly scanned: number }
  | { readonly phase: 'planning'; readonly planned: number; readonly scanned: number }
  | { readonly phase: 'settling' }
  | {
      readonly phase: 'ranking'
      readonly slices: readonly SliceSize[]
      readonly placed: number
      readonly newcomers: number
    }
  | { readonly phase: 'frozen'; readonly at: Instant; readonly newcomers: number }

/** Who is planned in a slice of the order of ranks. */
export interface SliceSize {
  /** What the storage calls the slice. */
  readonly slice: string
  /** Those who are left out, and have no rank. */
  readonly excluded: number
  /** Those who keep the arm of an earlier run. */
  readonly kept: number
  /** Newcomers, by their lane; lanes without any are left out. */
  readonly newcomers: Readonly<Record<string, number>>
}

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
