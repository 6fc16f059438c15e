import type {
  AddressKey,
  AttemptId,
  CampaignId,
  CustomerId,
  DeliveryId,
  RunId,
  WorkerId,
} from '../../base/ids.js'
import type { DurationMs, Instant } from '../../base/time.js'
import type { Campaign } from '../../model/campaign.js'
import type { ChannelKind } from '../../model/channel-kind.js'
import type { Attempt, AttemptOutcome, Delivery, DeliveryStatus } from '../../model/delivery.js'
import type { CampaignEvent } from '../../model/event.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { DeliveryCounts } from '../../model/progress.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { DueRun } from './campaign-store.js'

/** What a worker asks for when it claims. */
export interface ClaimRequest {
  readonly worker: WorkerId
  readonly channel: ChannelKind
  readonly now: Instant
  readonly leaseMs: DurationMs
  /** 1 to 1,000. */
  readonly limit: number
}

/** Proof that a worker holds a delivery. */
export interface Hold {
  readonly deliveryId: DeliveryId
  readonly fence: number
}

/** An attempt about to be made. */
export interface WindowEntry extends Hold {
  readonly attemptId: AttemptId
  /** Null for what is put in public. */
  readonly addressKey: AddressKey | null
}

/** What becomes of an attempt and its delivery. */
export interface Settlement extends Hold {
  /** The attempt that ends; null when none was made (skips). */
  readonly attempt: {
    readonly id: AttemptId
    readonly outcome: Exclude<AttemptOutcome, 'open'>
    readonly code: string | null
    readonly providerMessageId: string | null
  } | null
  readonly status: 'queued' | 'inDoubt' | 'sent' | 'failed' | 'skipped' | 'cancelled' | 'held'
  readonly reason: string | null
  /** When it may be claimed again; for `queued` and `inDoubt`. */
  readonly dueAt: Instant
  /** Tries spent so far, this one included. */
  readonly tries: number
  readonly costMicros: number
  readonly currency: string | null
  /**
   * What is written to the same member next, on another channel; of one that becomes `sent` by `nextOfSent`, asked with the
   * receipts that are stored.
   */
  readonly next: Delivery | null
  /** What is written instead of it when receipts say already that the message came back; for `sent`. */
  readonly nextIfReturned: Delivery | null
  /** Recorded in the same transaction, as `EventStore.append` would. */
  readonly events: readonly CampaignEvent[]
}

/** What a person decides of a delivery that is `held`. */
export interface HeldDecision {
  readonly deliveryId: DeliveryId
  /** The `settledAt` of the hold that the person saw; a later hold is another question. */
  readonly heldSince: Instant
  readonly status: 'queued' | 'sent' | 'failed'
  readonly reason: string | null
  readonly costMicros: number
  readonly currency: string | null
  /** What is written to the same member next, on another channel. */
  readonly next: Delivery | null
  /** Recorded in the same transaction, as `EventStore.append` would. */
  readonly events: readonly CampaignEvent[]
}

/** A campaign and runs of it that go on, each in the version after the stored one. */
export interface Continuation {
  readonly campaign: Campaign
  readonly runs: readonly Run[]
}

/** Deliveries and their attempts: the ledger of sending. */
export interface DeliveryStore {
  /**
   * Adds deliveries, all or none; one whose (run, step, customer, channel), or of what is put in public (run, step,
   * placement, channel), is there already is left out.
   */
  append(scope: Scope, deliveries: readonly Delivery[]): Promise<void>
  /**
   * Leases up to `limit` deliveries of a run on a channel to a worker, in order of (dueAt, rank, id): `queued` ones that
   * are due, and `claimed` ones whose lease has ended (`until <= now`). Each becomes `claimed` with a fence one
   * larger than any it ever had. No delivery is given to two callers at once.
   */
  claim(scope: Scope, runId: RunId, request: ClaimRequest): Promise<readonly Delivery[]>
  /**
   * Leases deliveries whose attempt did not come back: `attempting` with an ended lease, and `inDoubt` ones that are
   * due. They keep status and open attempt, get a new fence, and are given to one caller.
   */
  claimInDoubt(scope: Scope, runId: RunId, request: ClaimRequest): Promise<readonly Delivery[]>
  /**
   * Puts the attempts of one window on record: each delivery that is still `claimed` under its fence becomes
   * `attempting` with an open attempt, its address key and a lease until `leaseUntil`.
   *
   * @returns ids of the deliveries that were opened; the others are lost to this worker
   */
  openWindow(
    scope: Scope,
    entries: readonly WindowEntry[],
    at: { readonly worker: WorkerId; readonly now: Instant; readonly leaseUntil: Instant },
  ): Promise<readonly DeliveryId[]>
  /**
   * Ends attempts and moves deliveries, with the next delivery and the events, all or none. One whose fence is not
   * the stored one, or that is settled already, is left as it is, and nothing of its settlement is written.
   * `inDoubt` keeps the attempt open and drops the lease; every other status closes it. `queued` drops the lease.
   *
   * @returns ids of the deliveries that were settled
   */
  settle(scope: Scope, settlements: readonly Settlement[], now: Instant): Promise<readonly DeliveryId[]>
  /**
   * Moves `held` deliveries as a person decides, with the next deliveries, the events, the campaign and runs that go on
   * (null when nothing is queued) and the journal entry, all or none. `queued` is due now; `sent` was sent when its
   * last attempt began. Attempts stay as they are.
   *
   * @throws VERSION_CONFLICT when one of the deliveries is not in that hold any more, or the stored version of campaign
   *   or run is not the one before
   */
  settleHeld(
    scope: Scope,
    decisions: readonly HeldDecision[],
    continuation: Continuation | null,
    now: Instant,
    entry: JournalEntry,
  ): Promise<void>
  /** Gives `claimed` deliveries back to the queue, unattempted, due at the instant; stale fences are ignored. */
  release(scope: Scope, holds: readonly Hold[], dueAt: Instant): Promise<void>
  /**
   * Ends up to `limit` `queued` deliveries of a campaign (and `claimed` ones whose lease has ended) as `cancelled` or
   * `skipped`, with an event of that type each (key `<status>:<delivery id>`).
   *
   * @returns how many; fewer than `limit` when there are no more
   */
  endQueued(
    scope: Scope,
    campaignId: CampaignId,
    end: {
      readonly status: 'cancelled' | 'skipped'
      readonly reason: string
      readonly now: Instant
      readonly limit: number
    },
  ): Promise<number>
  get(scope: Scope, ids: readonly DeliveryId[]): Promise<readonly Delivery[]>
  /** Deliveries by the ids that the provider gave; unknown ids are left out. */
  byProviderMessageId(scope: Scope, ids: readonly string[]): Promise<readonly Delivery[]>
  /**
   * Deliveries whose last attempt went to one of these addresses, on every channel, the one that was due last first
   * (ties by id, the higher first).
   *
   * @param limit - 1 to 1,000
   */
  byAddressKey(scope: Scope, keys: readonly AddressKey[], limit: number): Promise<readonly Delivery[]>
  /** Every delivery of some customers in a run, first due first. */
  ofMembers(scope: Scope, runId: RunId, customerIds: readonly CustomerId[]): Promise<readonly Delivery[]>
  /**
   * What was sent to a customer on `in-app`, in every run: deliveries that are `sent`, the latest `sentAt` first, ties by
   * id, the greatest first.
   *
   * @param filter - `dismissed` gives those alone whose receipts have `dismissed` (true) or do not (false)
   */
  inbox(
    scope: Scope,
    customerId: CustomerId,
    filter: { readonly dismissed?: boolean },
    page: PageRequest,
  ): Promise<Page<Delivery>>
  /** Every attempt of a delivery, first started first. */
  attemptsOf(scope: Scope, deliveryId: DeliveryId): Promise<readonly Attempt[]>
  /** Deliveries of a campaign by id. */
  list(
    scope: Scope,
    campaignId: CampaignId,
    filter: { readonly status?: DeliveryStatus },
    page: PageRequest,
  ): Promise<Page<Delivery>>
  /** Deliveries of a campaign by status, over all runs or one; every status is named. */
  counts(scope: Scope, campaignId: CampaignId, runId?: RunId): Promise<DeliveryCounts>
  /** Deliveries of a campaign that ended so, by reason. */
  reasons(
    scope: Scope,
    campaignId: CampaignId,
    status: 'failed' | 'skipped' | 'held' | 'cancelled',
  ): Promise<ReadonlyMap<string, number>>
  /**
   * The earliest instant at which a claim of the run could give something (a due instant, or the end of a lease), or
   * null when all is settled.
   *
   * @param channel - looks at deliveries on this channel alone
   */
  nextDue(scope: Scope, runId: RunId, channel?: ChannelKind): Promise<Instant | null>
}

/** The one question that crosses tenants: which runs have something due, for workers that serve them all. */
export interface DueIndex {
  /**
   * Open runs of campaigns that are not drafts, with the instant at which something is due:
   * - of a paused campaign its `endsAt`; left out when it has none;
   * - of an ended campaign the epoch, unless all that is left is attempts under way or in doubt: then as below;
   * - else for a run that is not frozen its `scheduledFor`, for a frozen one `nextDue`, or the epoch when that is null
   *   (so that a worker ends the run); never later than the campaign's `endsAt`.
   *
   * Those that are due by `now` come first and take turns: the higher priority first, within it the run that has had no
   * turn yet or whose turn is longest ago, then the one that is due earliest. All others follow, the earliest first.
   */
  due(request: { readonly limit: number; readonly now: Instant }): Promise<readonly DueRun[]>
  /** Notes that a run has its turn now, so that all others which are due have theirs before its next. */
  noteTurn(scope: Scope, runId: RunId): Promise<void>
}
