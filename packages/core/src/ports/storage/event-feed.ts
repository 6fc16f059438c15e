import type { TenantId, WorkerId } from '../../base/ids.js'
import type { DurationMs, Instant } from '../../base/time.js'
import type { CampaignEvent } from '../../model/event.js'

/** An event with its tenant and its place in the feed. */
export interface FedEvent {
  readonly tenant: TenantId
  readonly event: CampaignEvent
  /** A text of the storage's own; only the feed that gave it can read it. */
  readonly position: string
}

/** Proof that a worker passes events on to a sink. */
export interface FeedHold {
  readonly sink: string
  readonly fence: number
}

/** How far a sink has come. */
export interface FeedProgress {
  /** Behind this it has heard nothing yet; null when it has heard nothing at all. */
  readonly position: string | null
  /** Tries that have failed since the last that did not. */
  readonly failures: number
  /** It is given to no worker before this; null when it does not rest. */
  readonly restsUntil: Instant | null
}

/** How far a sink is behind. */
export interface FeedState extends FeedProgress {
  /** Events that it has not heard, counted up to a limit. */
  readonly waiting: number
  /** When the first of them was recorded; null when there is none. */
  readonly waitingSince: Instant | null
}

/**
 * The events of all tenants one after the other, for those outside who are to hear of each. It crosses tenants, as the
 * {@link DueIndex} does: a sink is of the process and not of a tenant.
 */
export interface EventFeed {
  /**
   * Committed events behind a place, or from the first one on, in an order in which nothing is ever put in front of what
   * was read: that of the calls which recorded them, those of one call by `at`, then key. An event may be held back as
   * long as another writer has not ended. Of the erased it gives what is left.
   *
   * @param request - `limit` is 1 to 1,000
   */
  read(request: { readonly after: string | null; readonly limit: number }): Promise<readonly FedEvent[]>
  /**
   * Leases a sink to a worker, with a fence one larger than any it ever had; a name that is new begins before the first
   * event.
   *
   * @returns null while another holds it (`leaseUntil > now`) or it rests (`restsUntil > now`)
   */
  claim(
    sink: string,
    request: { readonly worker: WorkerId; readonly now: Instant; readonly leaseMs: DurationMs },
  ): Promise<(FeedHold & FeedProgress) | null>
  /**
   * Writes down how far a sink has come, and how long it is held from now on (null gives it back).
   *
   * @returns false, and nothing is written, when the fence is not the stored one
   */
  note(hold: FeedHold, progress: FeedProgress & { readonly leaseUntil: Instant | null }): Promise<boolean>
  /**
   * How far a sink is behind.
   *
   * @param most - 1 to 10,000: no more events are counted
   */
  state(sink: string, most: number): Promise<FeedState>
}
