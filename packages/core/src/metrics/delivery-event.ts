import type { Instant } from '../base/time.js'
import type { Delivery } from '../model/delivery.js'
import type { Attribution, CampaignEvent } from '../model/event.js'

/** Where what happens to a delivery counts. */
export function attributionOf({ campaignId, runId, arm, channel, segments }: Delivery): Attribution {
  return { campaignId, runId, arm, channel, segments }
}

/** What may be said of an event besides whose it is: that follows from the delivery. */
export type EventDetails = Partial<Omit<CampaignEvent, 'deliveryId' | 'attributions'>>

/** An event of a delivery; what is not given is empty. */
export function deliveryEvent(
  delivery: Delivery,
  {
    key,
    type,
    at,
    recordedAt,
    customerId = delivery.customerId,
    amountMinor = 0,
    costMicros = 0,
    currency = null,
    reason = null,
    url = null,
    machine = false,
    interaction = null,
  }: Pick<CampaignEvent, 'key' | 'type' | 'at' | 'recordedAt'> & EventDetails,
): CampaignEvent {
  return {
    key,
    type,
    at,
    recordedAt,
    customerId,
    deliveryId: delivery.id,
    attributions: [attributionOf(delivery)],
    amountMinor,
    costMicros,
    currency,
    reason,
    url,
    machine,
    interaction,
  }
}

/** The event of a delivery's end; its key `<type>:<delivery id>` makes it count once. */
export function endEvent(
  delivery: Delivery,
  type: 'sent' | 'failed' | 'skipped' | 'cancelled' | 'held',
  now: Instant,
  more: EventDetails = {},
): CampaignEvent {
  return deliveryEvent(delivery, { key: `${type}:${delivery.id}`, type, at: now, recordedAt: now, ...more })
}
