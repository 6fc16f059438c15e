import type {
  AddressKey,
  Attempt,
  AttemptId,
  CampaignId,
  ChannelKind,
  CustomerId,
  Delivery,
  DeliveryId,
  DeliveryStatus,
  Instant,
  RunId,
  WorkerId,
} from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'
import { raw } from './sql.js'

/** How a delivery is written. */
export const DELIVERY_COLUMNS: Columns<Delivery> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'run_id', type: 'text', of: ({ runId }) => runId },
  { name: 'campaign_id', type: 'text', of: ({ campaignId }) => campaignId },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'placement', type: 'text', of: ({ placement }) => placement },
  { name: 'step', type: 'int', of: ({ step }) => step },
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  { name: 'arm', type: 'text', of: ({ arm }) => arm },
  { name: 'rank', type: 'float8', of: ({ rank }) => rank },
  { name: 'segments', type: 'text[]', of: ({ segments }) => segments },
  { name: 'due_at', type: 'float8', of: ({ dueAt }) => dueAt },
  { name: 'first_due_at', type: 'float8', of: ({ firstDueAt }) => firstDueAt },
  { name: 'status', type: 'text', of: ({ status }) => status },
  { name: 'tries', type: 'int', of: ({ tries }) => tries },
  { name: 'fence', type: 'float8', of: ({ lease }) => lease?.fence ?? 0 },
  { name: 'lease_worker', type: 'text', of: ({ lease }) => lease?.worker },
  { name: 'lease_until', type: 'float8', of: ({ lease }) => lease?.until },
  { name: 'attempt_id', type: 'text', of: ({ openAttempt }) => openAttempt?.id },
  { name: 'attempt_started_at', type: 'float8', of: ({ openAttempt }) => openAttempt?.startedAt },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
  { name: 'provider_message_id', type: 'text', of: ({ providerMessageId }) => providerMessageId },
  { name: 'address_key', type: 'text', of: ({ addressKey }) => addressKey },
  { name: 'receipts', type: 'json', of: ({ receipts }) => receipts },
  { name: 'sent_at', type: 'float8', of: ({ sentAt }) => sentAt },
  { name: 'settled_at', type: 'float8', of: ({ settledAt }) => settledAt },
  { name: 'cost_micros', type: 'float8', of: ({ costMicros }) => costMicros },
  { name: 'currency', type: 'text', of: ({ currency }) => currency },
]

/** The columns of a delivery in a statement that calls its table `d`. */
export const OF_DELIVERY = raw(DELIVERY_COLUMNS.map(({ name }) => `d.${name}`).join(', '))

/** A delivery as its table has it. */
export interface DeliveryRow {
  readonly id: DeliveryId
  readonly run_id: RunId
  readonly campaign_id: CampaignId
  readonly customer_id: CustomerId | null
  readonly placement: string | null
  readonly step: number
  readonly channel: ChannelKind
  readonly arm: string
  readonly rank: number
  readonly segments: readonly string[]
  readonly due_at: Instant
  readonly first_due_at: Instant
  readonly status: DeliveryStatus
  readonly tries: number
  readonly fence: number
  readonly lease_worker: WorkerId | null
  readonly lease_until: Instant | null
  readonly attempt_id: AttemptId | null
  readonly attempt_started_at: Instant | null
  readonly reason: string | null
  readonly provider_message_id: string | null
  readonly address_key: AddressKey | null
  readonly receipts: Delivery['receipts']
  readonly sent_at: Instant | null
  readonly settled_at: Instant | null
  readonly cost_micros: number
  readonly currency: string | null
}

/** A delivery as the kit knows it. */
export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    runId: row.run_id,
    campaignId: row.campaign_id,
    customerId: row.customer_id,
    placement: row.placement,
    step: row.step,
    channel: row.channel,
    arm: row.arm,
    rank: row.rank,
    segments: row.segments,
    dueAt: row.due_at,
    firstDueAt: row.first_due_at,
    status: row.status,
    tries: row.tries,
    lease:
      row.lease_worker === null || row.lease_until === null
        ? null
        : { worker: row.lease_worker, fence: row.fence, until: row.lease_until },
    openAttempt:
      row.attempt_id === null || row.attempt_started_at === null
        ? null
        : { id: row.attempt_id, startedAt: row.attempt_started_at },
    reason: row.reason,
    providerMessageId: row.provider_message_id,
    addressKey: row.address_key,
    receipts: row.receipts,
    sentAt: row.sent_at,
    settledAt: row.settled_at,
    costMicros: row.cost_micros,
    currency: row.currency,
  }
}

/** An attempt as its table has it. */
export interface AttemptRow {
  readonly id: AttemptId
  readonly delivery_id: DeliveryId
  readonly worker: WorkerId
  readonly fence: number
  readonly started_at: Instant
  readonly ended_at: Instant | null
  readonly outcome: Attempt['outcome']
  readonly code: string | null
  readonly provider_message_id: string | null
}

/** An attempt as the kit knows it. */
export function attemptOf(row: AttemptRow): Attempt {
  return {
    id: row.id,
    deliveryId: row.delivery_id,
    worker: row.worker,
    fence: row.fence,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    code: row.code,
    providerMessageId: row.provider_message_id,
  }
}
