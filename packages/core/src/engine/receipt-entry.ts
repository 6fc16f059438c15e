import type { Instant } from '../base/time.js'
import { endEvent } from '../metrics/delivery-event.js'
import type { Delivery } from '../model/delivery.js'
import type { CampaignEvent } from '../model/event.js'
import { provesAcceptance, type Receipt } from '../model/receipt.js'
import type { ReceiptEntry } from '../ports/storage/event-store.js'
import type { EngineContext } from './context.js'
import { listCost } from './settlements.js'

/** What is written of a receipt, whoever saw it: a provider, or the kit's own links and numbers. */
export function receiptEntry(
  { channels }: Pick<EngineContext, 'channels'>,
  delivery: Delivery,
  {
    receipt,
    event,
    now,
  }: { readonly receipt: Receipt; readonly event: CampaignEvent; readonly now: Instant },
): ReceiptEntry {
  const price = channels[delivery.channel]?.capabilities.price ?? null
  const cost = { costMicros: listCost(price, receipt.weight), currency: price?.currency ?? null }
  return {
    deliveryId: delivery.id,
    receipt,
    event,
    proves: provesAcceptance(receipt.type),
    provedEvents: [endEvent(delivery, 'sent', now, cost)],
  }
}

/** What a person did with a message and the kit saw by itself, told like a receipt of a provider. */
export function seenEntry(
  context: Pick<EngineContext, 'channels'>,
  delivery: Delivery,
  event: CampaignEvent & { readonly type: Receipt['type'] },
): ReceiptEntry {
  const { key, type, at, recordedAt } = event
  return receiptEntry(context, delivery, {
    receipt: { key, type, at, deliveryId: delivery.id },
    event,
    now: recordedAt,
  })
}
