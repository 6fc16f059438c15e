import type { Instant } from '../base/time.js'
import { endEvent } from '../metrics/delivery-event.js'
import type { Delivery } from '../model/delivery.js'
import type { CampaignEvent } from '../model/event.js'
import { provesAcceptance, type Receipt } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { ReceiptEntry } from '../ports/storage/event-store.js'
import type { EngineContext } from './context.js'
import { type Followings, followingsOf } from './following.js'
import { publishEvents } from './publish-events.js'
import { listCost } from './settlements.js'

/** A receipt of a delivery with the event that counts it, whoever saw it: a provider, or the kit's own links and numbers. */
export interface ToldReceipt {
  readonly delivery: Delivery
  readonly receipt: Receipt
  readonly event: CampaignEvent
}

/** What a person did with a message and the kit saw by itself, told like a receipt of a provider. */
export function seenReceipt(
  delivery: Delivery,
  event: CampaignEvent & { readonly type: Receipt['type'] },
): ToldReceipt {
  const { key, type, at } = event
  return { delivery, receipt: { key, type, at, deliveryId: delivery.id }, event }
}

/**
 * Joins receipts into their deliveries, counts them, and has the next channel follow what was proved to be sent or came
 * back: all or none. Then rings for what is due by it, and tells listeners.
 *
 * @returns the events that were new, in order
 */
export async function writeReceipts(
  context: EngineContext,
  scope: Scope,
  told: readonly ToldReceipt[],
  now: Instant,
): Promise<readonly CampaignEvent[]> {
  const asked = told.map(({ delivery, receipt }) => ({ delivery, type: receipt.type }))
  const followings = await followingsOf(context, scope, asked, now)
  const entries = told.map((each) => entryOf(context, each, followings, now))
  const { events, reopened } = await context.storage.events.appendReceipts(scope, entries, now)
  for (const campaignId of reopened)
    context.observer.emit('campaign.status', {
      scope,
      campaignId,
      from: 'completed',
      to: 'active',
      reason: null,
    })
  for (const [runId, { content }] of followings.runs)
    await context.queue.ring(scope, runId, now, content.priority)
  await publishEvents(context, scope, events)
  return events
}

function entryOf(
  { channels }: EngineContext,
  { delivery, receipt, event }: ToldReceipt,
  followings: Followings,
  now: Instant,
): ReceiptEntry {
  const price = channels[delivery.channel]?.capabilities.price ?? null
  const cost = { costMicros: listCost(price, receipt.weight), currency: price?.currency ?? null }
  return {
    deliveryId: delivery.id,
    receipt,
    event,
    proves: provesAcceptance(receipt.type),
    provedEvents: [endEvent(delivery, 'sent', now, cost)],
    following: followings.of(delivery.id),
  }
}
