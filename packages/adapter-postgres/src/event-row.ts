import type { CampaignEvent, CampaignId, CustomerId, DeliveryId, Instant } from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'

/** An event under one of the campaigns in which it counts; `part` 0 is there for every event. */
export interface EventPart {
  readonly event: CampaignEvent
  readonly part: number
  readonly campaignId: CampaignId | null
}

/** How the parts of an event are written. */
export const EVENT_COLUMNS: Columns<EventPart> = [
  { name: 'key', type: 'text', of: ({ event }) => event.key },
  { name: 'part', type: 'int', of: ({ part }) => part },
  { name: 'campaign_id', type: 'text', of: ({ campaignId }) => campaignId },
  { name: 'type', type: 'text', of: ({ event }) => event.type },
  { name: 'at', type: 'float8', of: ({ event }) => event.at },
  { name: 'recorded_at', type: 'float8', of: ({ event }) => event.recordedAt },
  { name: 'customer_id', type: 'text', of: ({ event }) => event.customerId },
  { name: 'delivery_id', type: 'text', of: ({ event }) => event.deliveryId },
  { name: 'attributions', type: 'json', of: ({ event }) => event.attributions },
  { name: 'amount_minor', type: 'float8', of: ({ event }) => event.amountMinor },
  { name: 'cost_micros', type: 'float8', of: ({ event }) => event.costMicros },
  { name: 'currency', type: 'text', of: ({ event }) => event.currency },
  { name: 'reason', type: 'text', of: ({ event }) => event.reason },
  { name: 'url', type: 'text', of: ({ event }) => event.url },
  { name: 'machine', type: 'bool', of: ({ event }) => event.machine },
]

/** The parts of an event: one for each campaign, one at least. */
export function partsOf(event: CampaignEvent): readonly EventPart[] {
  const campaigns = [...new Set(event.attributions.map(({ campaignId }) => campaignId))]
  if (campaigns.length === 0) return [{ event, part: 0, campaignId: null }]
  return campaigns.map((campaignId, part) => ({ event, part, campaignId }))
}

/** An event as its table has it. */
export interface EventRow {
  readonly key: string
  readonly type: string
  readonly at: Instant
  readonly recorded_at: Instant
  readonly customer_id: CustomerId | null
  readonly delivery_id: DeliveryId | null
  readonly attributions: CampaignEvent['attributions']
  readonly amount_minor: number
  readonly cost_micros: number
  readonly currency: string | null
  readonly reason: string | null
  readonly url: string | null
  readonly machine: boolean
}

/** An event as the kit knows it. */
export function eventOf(row: EventRow): CampaignEvent {
  return {
    key: row.key,
    type: row.type,
    at: row.at,
    recordedAt: row.recorded_at,
    customerId: row.customer_id,
    deliveryId: row.delivery_id,
    attributions: row.attributions,
    amountMinor: row.amount_minor,
    costMicros: row.cost_micros,
    currency: row.currency,
    reason: row.reason,
    url: row.url,
    machine: row.machine,
  }
}
