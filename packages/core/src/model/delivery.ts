import type {
  AddressKey,
  AttemptId,
  CampaignId,
  CustomerId,
  DeliveryId,
  RunId,
  WorkerId,
} from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ChannelKind } from './channel-kind.js'
import type { Arm } from './experiment.js'
import type { ReceiptState } from './receipt.js'

/**
 * Where dispatch stands. `queued` waits for its due instant; `claimed` is leased to a worker; `attempting` has an
 * attempt on record that has not come back; `inDoubt` waits for a receipt to tell whether such an attempt was sent.
 * The others are ends: nothing but a person moves `held`, nothing at all the rest.
 */
export const DELIVERY_STATUSES = [
  'queued',
  'claimed',
  'attempting',
  'inDoubt',
  'sent',
  'failed',
  'skipped',
  'cancelled',
  'held',
] as const

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

const ENDS: readonly DeliveryStatus[] = ['sent', 'failed', 'skipped', 'cancelled', 'held']

/** The reason of a delivery that failed by a person's word. */
export const DECIDED_BY_PERSON = 'decidedByPerson'

/** Whether dispatch of a delivery in this status is over. */
export function isSettled(status: DeliveryStatus): boolean {
  return ENDS.includes(status)
}

/** Who may act on a delivery until when; the fence grows with every claim, so a stale worker is told apart. */
export interface Lease {
  readonly worker: WorkerId
  readonly fence: number
  readonly until: Instant
}

/**
 * One message to one member on one channel, unique by (run, step, customer, channel), or one over a public channel in one
 * placement, unique by (run, step, placement, channel).
 */
export interface Delivery {
  readonly id: DeliveryId
  readonly runId: RunId
  readonly campaignId: CampaignId
  /** Null for what is put in public. */
  readonly customerId: CustomerId | null
  /** Where it is put in public; null for a message to a customer. */
  readonly placement: string | null
  /** Position in a journey; 0 in a campaign of one message. */
  readonly step: number
  readonly channel: ChannelKind
  readonly arm: Arm
  readonly rank: number
  readonly segments: readonly string[]
  /** When it may next be claimed: the member's due instant, later after a retry. */
  readonly dueAt: Instant
  /** The member's due instant, which never moves; time to live counts from it. */
  readonly firstDueAt: Instant
  readonly status: DeliveryStatus
  /** Attempts that spent a try; throttled ones do not. */
  readonly tries: number
  readonly lease: Lease | null
  /** The open attempt while `attempting` or `inDoubt`. */
  readonly openAttempt: { readonly id: AttemptId; readonly startedAt: Instant } | null
  /** Skip code, failure code of the channel, or why it is held. */
  readonly reason: string | null
  readonly providerMessageId: string | null
  readonly addressKey: AddressKey | null
  readonly receipts: ReceiptState
  readonly sentAt: Instant | null
  readonly settledAt: Instant | null
  /** Millionths of a minor unit of `currency`. */
  readonly costMicros: number
  readonly currency: string | null
}

/** What a delivery is born with: who is sent what, when and by which channel. */
export type QueuedPlace = Pick<
  Delivery,
  | 'id'
  | 'runId'
  | 'campaignId'
  | 'customerId'
  | 'step'
  | 'channel'
  | 'arm'
  | 'rank'
  | 'segments'
  | 'dueAt'
  | 'firstDueAt'
> &
  Partial<Pick<Delivery, 'placement'>>

/** A delivery that nobody has touched yet. */
export function queuedDelivery(place: QueuedPlace): Delivery {
  return {
    placement: null,
    status: 'queued',
    tries: 0,
    lease: null,
    openAttempt: null,
    reason: null,
    providerMessageId: null,
    addressKey: null,
    receipts: {},
    sentAt: null,
    settledAt: null,
    costMicros: 0,
    currency: null,
    // last: V8 adds fields behind a spread a hundred times slower than before it
    ...place,
  }
}

/** Whether nobody knows, and nobody is about to find out, whether the open or last attempt of a delivery was sent. */
export function awaitsProof({ status, lease }: Delivery, now: Instant): boolean {
  if (status === 'held') return true
  return (status === 'attempting' || status === 'inDoubt') && (lease === null || lease.until <= now)
}

/** How one call to a provider ended. `open` while it has not come back; `unknown` when nobody can tell. */
export type AttemptOutcome =
  | 'open'
  | 'accepted'
  | 'transient'
  | 'permanent'
  | 'throttled'
  | 'misconfigured'
  | 'unknown'

/** One call to a provider for a delivery; on record before the call. */
export interface Attempt {
  readonly id: AttemptId
  readonly deliveryId: DeliveryId
  readonly worker: WorkerId
  readonly fence: number
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly outcome: AttemptOutcome
  readonly code: string | null
  readonly providerMessageId: string | null
}
