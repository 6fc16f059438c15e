import type { CampaignId, CustomerId, DeliveryId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { AskConsentInput, AskedConsent } from '../engine/ask-consent.js'
import type { CallOptions } from '../engine/call-options.js'
import type { ExplainedCustomer } from '../engine/explain-customer.js'
import type { DeliveryTrace } from '../engine/explain-delivery.js'
import type { PlacementChoice, PostTrace } from '../engine/explain-post.js'
import type {
  ImportCallOptions,
  ImportOptions,
  ImportOutcome,
  ImportSource,
} from '../engine/import-customers.js'
import type { InboxMessage } from '../engine/inbox-message.js'
import type { IngestOutcome } from '../engine/ingest-receipts.js'
import type { InboxOptions } from '../engine/list-inbox.js'
import type { CustomerReading } from '../engine/manage-customers.js'
import type { InboxOutcome } from '../engine/mark-inbox.js'
import type { Preflight } from '../engine/preflight.js'
import type { MessagePreview, PreviewOptions } from '../engine/preview-message.js'
import type { Reach, ReachOptions } from '../engine/reach.js'
import type { CampaignFilter } from '../engine/read-campaigns.js'
import type { ReceiveOptions, ReceiveOutcome } from '../engine/receive-message.js'
import type { ReclassifyOutcome } from '../engine/reclassify-events.js'
import type { AddressInput, SuppressionInput } from '../engine/record-consents.js'
import type { ResealOutcome } from '../engine/reseal.js'
import type { RollOutOptions } from '../engine/roll-out.js'
import type { TestSendOptions, TestSendResult } from '../engine/send-test.js'
import type { SettleHeldOptions, SettleHeldOutcome } from '../engine/settle-held.js'
import type { TillKey, TillKeyInput } from '../engine/till-keys.js'
import type { TrackOutcome } from '../engine/track-events.js'
import type { Campaign, CampaignInput, CampaignPatch } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { ConsentInput, ConsentRecord } from '../model/consent.js'
import type { CriteriaInput } from '../model/criteria-schema.js'
import type { CustomerInput, CustomerView } from '../model/customer.js'
import type { Delivery, DeliveryStatus } from '../model/delivery.js'
import type { TrackedEventInput } from '../model/event.js'
import type { InboundMessage } from '../model/inbound-message.js'
import type { JournalEntry } from '../model/journal.js'
import type { Page, PageRequestInput } from '../model/page.js'
import type { Progress } from '../model/progress.js'
import type { Receipt } from '../model/receipt.js'
import type { RedeemOptions, Redemption, RedemptionOutcome, ReverseOptions } from '../model/redemption.js'
import type { CampaignReport } from '../model/report.js'
import type { Run } from '../model/run.js'
import type { Segment, SegmentInput } from '../model/segment.js'
import type { ProviderRecord, Reconciliation } from '../reporting/reconcile.js'

/** Ids may be given as plain text; they are checked where they are used. */
type Id<Branded extends string> = Branded | string

/** The customers of the tenant. */
export interface Customers {
  /**
   * Reads customers from a CSV stream of any size, in constant memory, by a mapping of columns.
   *
   * @param source - a stream of bytes or text
   * @returns counts, and each bad row with line, column and reason
   * @throws INVALID_INPUT for the options, CSV_MALFORMED for the file, ABORTED, FORBIDDEN
   */
  importCsv(source: ImportSource, options: ImportOptions, call?: ImportCallOptions): Promise<ImportOutcome>
  /** Creates or changes customers, all or none; null removes a field. @throws INVALID_INPUT with the path, such as `[3].addresses.email` */
  upsert(customers: readonly CustomerInput[]): Promise<{ readonly created: number; readonly updated: number }>
  /**
   * What the tenant seals is left out and named, unless it is to be opened.
   *
   * @throws CUSTOMER_NOT_FOUND; FORBIDDEN when the policy denies `customer.open`; TOKEN_KEY_UNKNOWN, SIGNATURE_INVALID
   *   when a seal does not open
   *
   * @example
   * ```ts
   * import type { TenantKit } from '@campaignkit/core'
   * const emailOf = async (kit: TenantKit, id: string) => (await kit.customers.get(id, { open: true })).addresses.email
   * ```
   */
  get(id: Id<CustomerId>, reading?: CustomerReading): Promise<CustomerView>
  /** Customers in order of their ids. @throws as `get` does when they are to be opened */
  list(page?: PageRequestInput, reading?: CustomerReading): Promise<Page<CustomerView>>
  /**
   * For each node of criteria true, false or unknown, with the value it saw.
   *
   * @throws CUSTOMER_NOT_FOUND, CRITERIA_INVALID, CRITERIA_SEALED
   */
  explain(id: Id<CustomerId>, criteria: CriteriaInput): Promise<ExplainedCustomer>
  /** Forgets customers for good, their consents too; their addresses stay suppressed, as keys that tell nothing. */
  erase(ids: readonly Id<CustomerId>[], reason: string): Promise<{ readonly erased: number }>
}

/** Permissions, and addresses that must never be written to. */
export interface Consents {
  record(consents: readonly ConsentInput[]): Promise<void>
  /** Every record of a customer, oldest first. */
  history(customerId: Id<CustomerId>): Promise<readonly ConsentRecord[]>
  /** Addresses that must never be written to again. @throws INVALID_INPUT */
  suppress(addresses: readonly SuppressionInput[]): Promise<void>
  /** Takes suppressions back. @param reason - kept in the journal */
  unsuppress(addresses: readonly AddressInput[], reason: string): Promise<void>
  /**
   * Begins a double opt-in: writes down that a person was asked, which permits nothing yet, and makes the link by which
   * they say yes. Nothing is sent: the link goes into a message of the host's own. The same person is asked for the
   * same no sooner than after 10 minutes, and five times a day at most.
   *
   * @throws INVALID_INPUT, UNKNOWN_FIELD with the path
   *
   * @example
   * ```ts
   * import type { TenantKit } from '@campaignkit/core'
   * async function signUp(kit: TenantKit, customerId: string, mail: (link: string) => Promise<void>) {
   *   const asked = await kit.consents.ask({ customerId, channel: 'email', topic: 'news', basis: 'sign-up form', wording: '2026-03' })
   *   if (asked.outcome === 'asked') await mail(asked.url)
   * }
   * ```
   */
  ask(question: AskConsentInput): Promise<AskedConsent>
  /** The link to the page where a customer chooses what they receive, for a place of the host's own; messages have `preferencesUrl`. @throws INVALID_INPUT */
  preferencesUrl(customerId: Id<CustomerId>): Promise<string>
}

/** Named rules. */
export interface Segments {
  /**
   * @param expectedVersion - the version that is replaced; null (the default) for a new segment
   * @throws CRITERIA_INVALID, CRITERIA_SEALED, SEGMENT_NOT_FOUND, SEGMENT_CYCLE, SEGMENT_NAME_TAKEN, VERSION_CONFLICT
   */
  save(segment: SegmentInput, expectedVersion?: number | null): Promise<Segment>
  /** @throws SEGMENT_NOT_FOUND */
  get(name: string): Promise<Segment>
  list(page?: PageRequestInput): Promise<Page<Segment>>
  /** @throws SEGMENT_NOT_FOUND, SEGMENT_IN_USE, VERSION_CONFLICT */
  delete(name: string, expectedVersion: number): Promise<void>
}

/** Counts of whom a rule finds. */
export interface Audiences {
  /** @throws CRITERIA_INVALID, CRITERIA_SEALED, SEGMENT_NOT_FOUND, SEGMENT_CYCLE, ELIGIBILITY_NOT_CONFIGURED, ABORTED */
  reach(criteria: CriteriaInput, options: ReachOptions, call?: CallOptions): Promise<Reach>
}

/** What is to be said, to whom, when, at what pace. */
export interface Campaigns {
  /** A new draft. @throws INVALID_INPUT and the codes of its parts, each with the path of the field; nothing is stored then */
  create(campaign: CampaignInput): Promise<Campaign>
  /** @throws CAMPAIGN_IMMUTABLE when it is no draft, VERSION_CONFLICT, and those of `create` */
  edit(id: Id<CampaignId>, patch: CampaignPatch, expectedVersion: number): Promise<Campaign>
  /** @throws CAMPAIGN_NOT_FOUND */
  get(id: Id<CampaignId>): Promise<Campaign>
  list(filter?: CampaignFilter, page?: PageRequestInput): Promise<Page<Campaign>>
  runs(id: Id<CampaignId>): Promise<readonly Run[]>
  /** The full message that a customer would get, or what would be put in public. @throws CAMPAIGN_NOT_FOUND, CUSTOMER_NOT_FOUND, TEMPLATE_RENDER_FAILED */
  preview(id: Id<CampaignId>, options: PreviewOptions): Promise<MessagePreview>
  /** Sends the message to seed addresses, outside of every count. @throws ADDRESS_INVALID */
  sendTest(id: Id<CampaignId>, options: TestSendOptions): Promise<readonly TestSendResult[]>
  /** What a launch would do: funnel, cost, duration, sizes, findings. */
  preflight(id: Id<CampaignId>, call?: CallOptions): Promise<Preflight>
  /** Sets the campaign going and returns at once; with a start ahead it becomes `scheduled`. */
  launch(id: Id<CampaignId>): Promise<Campaign>
  /** Like `launch`, with now for the start. */
  launchNow(id: Id<CampaignId>): Promise<Campaign>
  /** Like `launch`, only for a start ahead. @throws SCHEDULE_INVALID */
  schedule(id: Id<CampaignId>): Promise<Campaign>
  /** Takes a scheduled campaign back to a draft. */
  unschedule(id: Id<CampaignId>): Promise<Campaign>
  /** Stops sending within one chunk. */
  pause(id: Id<CampaignId>, reason?: string): Promise<Campaign>
  /** @throws CAMPAIGN_OUTSIDE_DATES */
  resume(id: Id<CampaignId>): Promise<Campaign>
  /**
   * Gives the remainder of the experiment its arm by a person's decision; from now on it is written to.
   *
   * @throws EXPERIMENT_INVALID, TRANSITION_NOT_ALLOWED, RUN_NOT_FROZEN
   */
  rollOut(id: Id<CampaignId>, options: RollOutOptions): Promise<Campaign>
  /** Ends the campaign early, as completed. */
  stop(id: Id<CampaignId>, reason?: string): Promise<Campaign>
  /** Ends the campaign and takes its coupons out of use. @throws CAMPAIGN_JUSTIFICATION_REQUIRED */
  cancel(id: Id<CampaignId>, justification: string): Promise<Campaign>
  /** A new draft with the same content under another name. */
  clone(id: Id<CampaignId>, name: string): Promise<Campaign>
  archive(id: Id<CampaignId>): Promise<Campaign>
  /** @throws CAMPAIGN_HAS_EVENTS */
  delete(id: Id<CampaignId>, expectedVersion: number): Promise<void>
  progress(id: Id<CampaignId>): Promise<Progress>
  /** Progress as it changes, until the campaign has ended and all is settled. Works from any process. */
  watch(id: Id<CampaignId>, call?: CallOptions): AsyncIterable<Progress>
  /** "Why did this customer not get it?" @throws INVALID_INPUT with path `customerId` for what is no id */
  explain(id: Id<CampaignId>, customerId: Id<CustomerId>): Promise<DeliveryTrace>
  /** "Why was this not put up?", of what goes over a public channel. @throws INVALID_INPUT when nothing is put there */
  explainPost(id: Id<CampaignId>, placement: PlacementChoice): Promise<PostTrace>
  /** Deliveries by id; `{ status: 'held' }` are those that wait for a person. */
  deliveries(
    id: Id<CampaignId>,
    filter?: { readonly status?: DeliveryStatus },
    page?: PageRequestInput,
  ): Promise<Page<Delivery>>
  /**
   * A person's word on deliveries that are held: they were `sent`, they `failed`, or `resend` them. All or none; the
   * same word again changes nothing.
   *
   * @param deliveryIds - 1 to 1,000
   * @throws DELIVERY_NOT_HELD, DELIVERY_NOT_FOUND, CAMPAIGN_ENDED for a `resend` of a campaign that is over
   */
  settleHeld(
    id: Id<CampaignId>,
    deliveryIds: readonly Id<DeliveryId>[],
    options: SettleHeldOptions,
  ): Promise<SettleHeldOutcome>
  /**
   * Compares the deliveries with a provider's own log of the campaign, which may be streamed. Changes nothing: what is found
   * in doubt can be decided by `settleHeld`.
   *
   * @throws CAMPAIGN_NOT_FOUND, INVALID_INPUT
   */
  reconcile(
    id: Id<CampaignId>,
    records: AsyncIterable<ProviderRecord> | Iterable<ProviderRecord>,
  ): Promise<Reconciliation>
}

/** Coupons at the till. */
export interface Coupons {
  /**
   * Takes a code or its link; answers with an outcome, never an exception, whatever was scanned. The same key asks again
   * without taking it twice: its use is still `redeemed`, or `reversed` when it was given back.
   */
  redeem(scanned: string, options: RedeemOptions): Promise<RedemptionOutcome>
  /** Gives a use back. @throws REDEMPTION_NOT_FOUND, REDEMPTION_AMBIGUOUS when the key took several and `code` is absent */
  reverse(options: ReverseOptions): Promise<Redemption>
  /**
   * A key with which a till redeems through the endpoints (`POST /r`). It is signed and kept nowhere, so it ends by its
   * expiry or with the secret that it was signed under.
   *
   * @throws INVALID_INPUT, UNKNOWN_FIELD
   *
   * @example
   * ```ts
   * import type { TenantKit } from '@campaignkit/core'
   * const keyOfTill = (kit: TenantKit) => kit.coupons.tillKey({ till: 'till-3', expiresInDays: 90 })
   * ```
   */
  tillKey(till: TillKeyInput): Promise<TillKey>
}

/** What happened. */
export interface Events {
  /**
   * Records conversions and other doings of customers, all or none; a known key changes nothing. Single events that are tracked
   * while others are being recorded go together, each with its own outcome: there is no need to gather them.
   */
  track(events: TrackedEventInput | readonly TrackedEventInput[]): Promise<TrackOutcome>
  /** Takes what a provider says, in any order and any number of times. */
  ingest(receipts: readonly Receipt[]): Promise<IngestOutcome>
  /**
   * Judges the opens and clicks of a campaign anew by the present `machineRule`, from the facts that were kept with them, and counts
   * the campaign anew. Can be made at any time, any number of times, also where a call died on its way.
   *
   * @throws CAMPAIGN_NOT_FOUND, ABORTED, what the host's rule throws; FORBIDDEN when the policy denies `event.reclassify`
   *
   * @example
   * ```ts
   * import type { TenantKit } from '@campaignkit/core'
   * async function judgeAnew(kit: TenantKit, campaignId: string): Promise<string> {
   *   const { outcome, judged, changed } = await kit.events.reclassify(campaignId)
   *   return outcome === 'factsGone' ? 'its events were dropped' : `${changed} of ${judged} changed`
   * }
   * ```
   */
  reclassify(id: Id<CampaignId>, call?: CallOptions): Promise<ReclassifyOutcome>
}

/** What people write to us. */
export interface InboundMessages {
  /**
   * Takes a message once by its key: STOP and its like suppress the address and deny consent, START takes that back, and
   * every message is an event of who wrote. Adapters call it for their webhooks.
   *
   * @throws INVALID_INPUT, UNKNOWN_FIELD, ADDRESS_INVALID
   */
  receive(message: InboundMessage, options?: ReceiveOptions): Promise<ReceiveOutcome>
  /** When the person at an address last wrote to us on a channel; null for never. @throws INVALID_INPUT, ADDRESS_INVALID */
  lastReceivedAt(channel: ChannelKind, address: string): Promise<Instant | null>
}

/** What customers were sent on `in-app`, for the host's app to show. */
export interface Inbox {
  /**
   * Messages of a customer, latest first, each filled in as it is read: what was sent, is not dismissed and has not
   * expired. Empty for whoever is unknown or erased. Without the channel `in-app` among those of the kit too.
   *
   * @throws INVALID_INPUT; TEMPLATE_DATA_FAILED when the host's data cannot be had; FORBIDDEN when the policy denies `inbox.read`
   *
   * @example
   * ```ts
   * import type { TenantKit } from '@campaignkit/core'
   * async function unseen(kit: TenantKit, customerId: string): Promise<number> {
   *   const { items } = await kit.inbox.list(customerId)
   *   return items.filter(({ seenAt }) => seenAt === null).length
   * }
   * ```
   */
  list(customerId: Id<CustomerId>, options?: InboxOptions): Promise<Page<InboxMessage>>
  /** Says that the customer has seen messages: each counts as displayed, once. @param deliveryIds - at most 1,000 @throws INVALID_INPUT, FORBIDDEN */
  seen(customerId: Id<CustomerId>, deliveryIds: readonly Id<DeliveryId>[]): Promise<InboxOutcome>
  /** Takes messages out of the customer's list: each counts as displayed and as dismissed, once. @throws as `seen` */
  dismiss(customerId: Id<CustomerId>, deliveryIds: readonly Id<DeliveryId>[]): Promise<InboxOutcome>
}

/** What came of campaigns. */
export interface Reports {
  /** @throws CAMPAIGN_NOT_FOUND */
  campaign(id: Id<CampaignId>): Promise<CampaignReport>
  /** The report as a file: JSON, CSV that no spreadsheet takes for formulas, or one HTML page that needs nothing else. */
  render(report: CampaignReport, format: 'json' | 'csv' | 'html'): string
}

/** What was changed by whom. */
export interface Journal {
  list(
    filter?: { readonly subject?: { readonly type: string; readonly id: string } },
    page?: PageRequestInput,
  ): Promise<Page<JournalEntry>>
}

/** What the host does now and then. */
export interface Maintenance {
  /**
   * Seals anew, under the current secret, the customers' fields and the coupons that stand under older ones: a page a call,
   * until `nextCursor` is null. Can be made at any time, any number of times.
   *
   * @param page - `limit` is 1 to 1,000 customers or coupons
   * @default page from the beginning, 100 at once
   * @throws INVALID_INPUT; FORBIDDEN when the policy denies `seal.renew`
   *
   * @example
   * ```ts
   * import type { ResealOutcome, TenantKit } from '@campaignkit/core'
   * async function resealAll({ maintenance }: TenantKit): Promise<void> {
   *   let page: ResealOutcome = await maintenance.reseal({ limit: 1_000 })
   *   while (page.nextCursor !== null)
   *     page = await maintenance.reseal({ cursor: page.nextCursor, limit: 1_000 })
   * }
   * ```
   */
  reseal(page?: PageRequestInput): Promise<ResealOutcome>
}

/** What can be part of a transaction of the host; matching, sending and redeeming cannot. */
export interface EnlistedKit {
  readonly customers: Pick<Customers, 'upsert' | 'get' | 'list' | 'erase'>
  readonly consents: Pick<Consents, 'record' | 'history' | 'suppress' | 'unsuppress'>
  readonly segments: Segments
  /** A launch is the intent to: sending begins once the transaction is committed. */
  readonly campaigns: Pick<
    Campaigns,
    | 'create'
    | 'edit'
    | 'clone'
    | 'get'
    | 'list'
    | 'runs'
    | 'launch'
    | 'launchNow'
    | 'schedule'
    | 'unschedule'
    | 'pause'
    | 'resume'
    | 'stop'
    | 'cancel'
    | 'archive'
    | 'delete'
  >
  readonly events: Pick<Events, 'track'>
  readonly journal: Journal
  /**
   * Resolves when the transaction has ended: with true once listeners were told what was committed, with false
   * when it was taken back and nobody is told anything.
   *
   * @throws STORAGE_FAILED when that cannot be found out
   */
  readonly settled: Promise<boolean>
}

/** The kit in the hands of one actor of one tenant. */
export interface TenantKit {
  readonly customers: Customers
  readonly consents: Consents
  readonly segments: Segments
  readonly audiences: Audiences
  readonly campaigns: Campaigns
  readonly coupons: Coupons
  readonly events: Events
  readonly messages: InboundMessages
  readonly inbox: Inbox
  readonly reports: Reports
  readonly journal: Journal
  readonly maintenance: Maintenance
  /**
   * The kit within a transaction that the host has begun: what its calls write is committed and taken back with all else
   * in it. Calls come one after the other, and none after its end.
   *
   * @param transaction - as the storage takes it: of the PostgreSQL adapter, a transaction of knex
   * @throws TRANSACTIONS_NOT_SUPPORTED by a storage that does not enlist; INVALID_INPUT with path `transaction`
   *
   * @example
   * ```ts
   * import type { TenantKit } from '@campaignkit/core'
   * import type { Knex } from 'knex'
   * async function order(knex: Knex, kit: TenantKit, id: string, customerId: string): Promise<void> {
   *   await knex.transaction(async (transaction) => {
   *     await transaction('orders').insert({ id, customer: customerId })
   *     await kit.enlist(transaction).events.track({ key: id, type: 'conversion', customerId })
   *   })
   * }
   * ```
   */
  enlist(transaction: unknown): EnlistedKit
}
