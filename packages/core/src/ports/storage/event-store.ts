import type { CampaignId, CustomerId, DeliveryId, RunId } from '../../base/ids.js'
import type { Instant } from '../../base/time.js'
import type { ChannelKind } from '../../model/channel-kind.js'
import type { CampaignEvent } from '../../model/event.js'
import type { Judgement } from '../../model/interaction.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Counter } from '../../model/metrics.js'
import type { NextOfSent } from '../../model/next-of-sent.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { Receipt } from '../../model/receipt.js'
import type { Scope } from '../../model/scope.js'

/** A receipt joined into its delivery, together with its event. */
export interface ReceiptEntry {
  readonly deliveryId: DeliveryId
  readonly receipt: Receipt
  readonly event: CampaignEvent
  /**
   * Whether the receipt proves that an attempt which is `attempting` without a living lease, `inDoubt` or `held` was
   * sent: such a delivery becomes `sent` with `provedEvents` recorded. A living lease is left to its worker.
   */
  readonly proves: boolean
  readonly provedEvents: readonly CampaignEvent[]
  /** What may follow the message on the next channel; null when nothing may. */
  readonly following: Following | null
}

/** What may be written to a member after a message, by what its receipts say. */
export interface Following extends NextOfSent {
  /** Written when its campaign had completed and is reopened for it; the same for all of the campaign. */
  readonly reopening: JournalEntry
}

/** What came of writing receipts. */
export interface ReceiptsWritten {
  /** The events that were new, in order. */
  readonly events: readonly CampaignEvent[]
  /** Campaigns that had completed and are active again. */
  readonly reopened: readonly CampaignId[]
}

/**
 * What came of counting anew. `factsGone`: events of the campaign were dropped when their time was over, so that the counts are
 * all that is known of them; they stay as they are.
 */
export interface RebuildOutcome {
  readonly outcome: 'rebuilt' | 'factsGone'
}

/**
 * What came of writing judgements. `factsGone`: as of {@link RebuildOutcome}, and nothing was written, since the counts could not
 * follow.
 */
export interface ReclassifyResult {
  readonly outcome: 'written' | 'factsGone'
}

/** By channel, when something last happened there. */
export type LastByChannel = Readonly<Partial<Record<ChannelKind, Instant>>>

/** Everything that happened, and the counts of it. */
export interface EventStore {
  /**
   * Adds events and folds them into the counts, all or none. An event whose key is there already is left out.
   *
   * @returns the events that were new, in order
   */
  append(scope: Scope, events: readonly CampaignEvent[]): Promise<readonly CampaignEvent[]>
  /**
   * Joins receipts into their deliveries (`joinReceipt`) and adds their events, all or none. Repetitions change
   * nothing; an unknown delivery gets its event only.
   *
   * Then, in the same transaction, `following` of deliveries that are `sent`: `nextIfReturned` of one that has come back
   * (`hasComeBack`, by all receipts), `next` of one that a receipt proved and of which nobody knows whether it has arrived.
   * It is added where its (run, step, customer, channel) is free. Where one waits for its first turn there
   * (`waitsForFirstTurn`), that one is due at the earlier of both instants; any other stays as it is. Of a campaign that is
   * over (`isOver`) nothing of it is written. A campaign that gets something so goes on (`goingOn`), and the runs of it
   * (`runGoingOn`), under whatever version they have; whoever ends them meanwhile meets VERSION_CONFLICT.
   */
  appendReceipts(scope: Scope, entries: readonly ReceiptEntry[], now: Instant): Promise<ReceiptsWritten>
  /** Which of these keys events are recorded under, in any order. */
  known(scope: Scope, keys: readonly string[]): Promise<readonly string[]>
  /** The counts of a campaign, over all runs or one; every cell with an event is there, in any order. */
  counters(scope: Scope, campaignId: CampaignId, runId?: RunId): Promise<readonly Counter[]>
  /** Events of a campaign, oldest `at` first (ties by key). */
  list(
    scope: Scope,
    campaignId: CampaignId,
    filter: { readonly types?: readonly string[]; readonly deliveryId?: DeliveryId },
    page: PageRequest,
  ): Promise<Page<CampaignEvent>>
  /** Events of a customer, oldest first, at most 1,000 of the latest. */
  ofCustomer(scope: Scope, customerId: CustomerId): Promise<readonly CampaignEvent[]>
  /**
   * How many events of a type each customer has in `(since, until]`; those without any are left out.
   *
   * @param request - `since` is null for ever
   */
  countByCustomer(
    scope: Scope,
    request: {
      readonly type: string
      readonly since: Instant | null
      readonly until: Instant
      readonly customerIds: readonly CustomerId[]
    },
  ): Promise<ReadonlyMap<CustomerId, number>>
  /**
   * When each customer last did one of these things with a message on a channel, machines apart; customers and channels
   * without any are left out.
   */
  lastByChannel(
    scope: Scope,
    request: { readonly types: readonly string[]; readonly customerIds: readonly CustomerId[] },
  ): Promise<ReadonlyMap<CustomerId, LastByChannel>>
  /**
   * Counts a campaign anew from its events, in one step, as if they came now for the first time: a repair, since the counts are
   * kept as events come and are the same. Those who were erased still count as the members that they were.
   */
  rebuild(scope: Scope, campaignId: CampaignId): Promise<RebuildOutcome>
  /**
   * Writes what a rule made anew of opens and clicks of a campaign: `machine`, and the rule of `interaction`. Events that are
   * not there, or have no interaction (any more), stay as they are. Counts are not touched: `rebuild` has them follow.
   * Such events count in one campaign alone. The entry is written together with them, unless facts are gone.
   *
   * @param judgements - at most 1,000, with `at` as the event has it
   */
  reclassify(
    scope: Scope,
    campaignId: CampaignId,
    judgements: readonly Judgement[],
    entry: JournalEntry,
  ): Promise<ReclassifyResult>
  /**
   * Takes customer, reason, url and interaction out of the events of customers who are erased; counts stay. Which events were of one and
   * the same may be kept under a mark that leads to nobody.
   */
  forget(scope: Scope, customerIds: readonly CustomerId[]): Promise<void>
}
