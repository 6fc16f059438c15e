import { CampaignKitError } from '../base/error.js'
import type { DeliveryId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { deliveryEvent } from '../metrics/delivery-event.js'
import { judged } from '../metrics/machine-rule.js'
import type { Delivery } from '../model/delivery.js'
import type { ReceiptType } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'
import { seenReceipt, writeReceipts } from './write-receipts.js'

async function requireDelivery(context: EngineContext, scope: Scope, id: DeliveryId): Promise<Delivery> {
  const [delivery] = await context.storage.deliveries.get(scope, [id])
  if (delivery === undefined) throw new CampaignKitError('DELIVERY_NOT_FOUND', 'No delivery has this id')
  return delivery
}

/**
 * A customer takes back the permission for the campaign's topic on the channel of a message. Doing it again is
 * evidence of its own, since a grant may have come in between; it is counted once a delivery.
 *
 * @param basis - how, for the evidence: `one-click unsubscribe`, `unsubscribe page`
 * @throws DELIVERY_NOT_FOUND, CAMPAIGN_NOT_FOUND
 */
export async function recordUnsubscribe(
  context: EngineContext,
  scope: Scope,
  deliveryId: DeliveryId,
  basis: string,
): Promise<void> {
  const delivery = await requireDelivery(context, scope, deliveryId)
  const { customerId, channel } = delivery
  if (customerId === null)
    throw new CampaignKitError('DELIVERY_NOT_FOUND', 'Nobody was written to: it was put in public')
  const campaign = await requireCampaign(context, scope, delivery.campaignId)
  const now = context.clock.now()
  const entry = journalEntry(context, scope, {
    action: 'consents.deny',
    subject: { type: 'delivery', id: deliveryId },
    reason: basis,
    after: { channel: delivery.channel, topic: campaign.content.topic },
  })
  const { topic } = campaign.content
  await context.storage.consents.record(
    scope,
    [
      {
        customerId,
        channel,
        topic,
        decision: 'denied',
        basis,
        obtainedAt: now,
        evidence: `delivery ${deliveryId}`,
      },
    ],
    entry,
  )
  await countUnsubscribe(context, scope, delivery, now)
}

/** Counts that the customer took back what a delivery was sent by: once a delivery. */
export async function countUnsubscribe(
  context: EngineContext,
  scope: Scope,
  delivery: Delivery,
  at: Instant,
): Promise<void> {
  const key = `unsubscribed:${delivery.id}`
  await recordSeen(context, scope, delivery, { key, type: 'unsubscribed', at, recordedAt: at })
}

/**
 * Counts that the link of a message was followed, or its picture fetched. Every call is one event: the rule for
 * machines judges it by the name of the program that asked.
 *
 * @param agent - `User-Agent`; null when it is not known
 * @throws DELIVERY_NOT_FOUND
 */
export async function recordInteraction(
  context: EngineContext,
  scope: Scope,
  deliveryId: DeliveryId,
  type: 'clicked' | 'opened',
  url: string | null,
  agent: string | null,
): Promise<void> {
  const delivery = await requireDelivery(context, scope, deliveryId)
  const now = context.clock.now()
  await recordSeen(context, scope, delivery, {
    key: `${type}:${context.ids.next('event')}`,
    type,
    at: now,
    recordedAt: now,
    url,
    ...judged(context.settings.machineRule, { type, at: now, url }, { agent }),
  })
}

/** Joins what the kit saw into the delivery, and counts it. */
async function recordSeen(
  context: EngineContext,
  scope: Scope,
  delivery: Delivery,
  seen: Parameters<typeof deliveryEvent>[1] & { readonly type: ReceiptType },
): Promise<void> {
  const event = { ...deliveryEvent(delivery, seen), type: seen.type }
  await writeReceipts(context, scope, [seenReceipt(delivery, event)], event.recordedAt)
}
