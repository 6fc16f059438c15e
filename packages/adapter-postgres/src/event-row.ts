import type {
  CampaignEvent,
  CampaignId,
  CustomerId,
  DeliveryId,
  Instant,
  Interaction,
} from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'

/** How an event is written, all but the campaigns in which it counts. */
export const EVENT_COLUMNS: Columns<CampaignEvent> = [
  { name: 'key', type: 'text', of: ({ key }) => key },
  { name: 'type', type: 'text', of: ({ type }) => type },
  { name: 'at', type: 'float8', of: ({ at }) => at },
  { name: 'recorded_at', type: 'float8', of: ({ recordedAt }) => recordedAt },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'delivery_id', type: 'text', of: ({ deliveryId }) => deliveryId },
  { name: 'attributions', type: 'json', of: ({ attributions }) => attributions },
  { name: 'amount_minor', type: 'float8', of: ({ amountMinor }) => amountMinor },
  { name: 'cost_micros', type: 'float8', of: ({ costMicros }) => costMicros },
  { name: 'currency', type: 'text', of: ({ currency }) => currency },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
  { name: 'url', type: 'text', of: ({ url }) => url },
  { name: 'machine', type: 'bool', of: ({ machine }) => machine },
  { name: 'agent', type: 'text', of: ({ interaction }) => interaction?.agent },
  { name: 'machine_hint', type: 'bool', of: ({ interaction }) => interaction?.machineHint },
  { name: 'machine_rule', type: 'text', of: ({ interaction }) => interaction?.rule },
]

/** A row of an event, under one of the campaigns in which it counts; `part` 0 is there for every event. */
export interface EventPart {
  readonly part: number
  readonly campaignId: CampaignId | null
}

/** The rows of an event: one for each campaign, one at least. */
export function partsOf({ attributions }: CampaignEvent): readonly EventPart[] {
  const campaigns = [...new Set(attributions.map(({ campaignId }) => campaignId))]
  if (campaigns.length === 0) return [{ part: 0, campaignId: null }]
  return campaigns.map((campaignId, part) => ({ part, campaignId }))
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
  readonly agent: string | null
  readonly machine_hint: boolean | null
  /** Null without an interaction. */
  readonly machine_rule: string | null
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
    interaction: interactionOf(row),
  }
}

function interactionOf({ agent, machine_hint: hint, machine_rule: rule }: EventRow): Interaction | null {
  return rule === null ? null : { agent, machineHint: hint, rule }
}
