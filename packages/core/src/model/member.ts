import type { CustomerId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ChannelKind } from './channel-kind.js'
import type { ExclusionCode } from './exclusion.js'
import type { Arm } from './experiment.js'

/** A customer in a run, unique by (run, customer). What is frozen here only ever shrinks. */
export interface Member {
  readonly runId: RunId
  readonly customerId: CustomerId
  /** SHA-256 of (tenant, salt, customer) in hexadecimal: orders the run. */
  readonly rankKey: string
  /** Position among the members without exclusion, from 0; null until ranked and for the excluded. */
  readonly rank: number | null
  /** When its messages are due. */
  readonly dueAt: Instant
  /** Null until ranked and for the excluded. */
  readonly arm: Arm | null
  readonly exclusion: ExclusionCode | null
  /** Channels that reach the customer, in the campaign's order; empty for the excluded. */
  readonly channels: readonly ChannelKind[]
  /** Tags held at freezing; none once the customer is erased. */
  readonly tags: readonly string[]
  /**
   * Named segments held at freezing, among those that the report asks for, and behind them the label of the member's
   * stratum where the run has strata.
   */
  readonly segments: readonly string[]
}
