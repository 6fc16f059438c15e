import {
  awaitsProof,
  type CampaignEvent,
  type Delivery,
  type Instant,
  joinReceipt,
  type Receipt,
  type ReceiptEntry,
} from '@campaignkit/core/adapter'
import type { Tenant } from './tenants.js'

/** The rule of `EventStore.appendReceipts`, on frozen entries. */
export function appendReceipts(
  { deliveries, events }: Tenant,
  entries: readonly ReceiptEntry[],
  now: Instant,
): readonly CampaignEvent[] {
  const recorded: CampaignEvent[] = []
  for (const { deliveryId, receipt, event, proves, provedEvents } of entries) {
    recorded.push(event)
    const delivery = deliveries.get(deliveryId)
    if (delivery === undefined) continue
    const receipts = Object.freeze(joinReceipt(delivery.receipts, receipt))
    if (proves && awaitsProof(delivery, now)) {
      const attempts = deliveries.attemptsOf(deliveryId)
      deliveries.endAttempts(deliveryId, () => acceptedBy(receipt, now))
      const sentAt = attempts.at(-1)?.startedAt ?? receipt.at
      deliveries.change(delivery, { receipts, ...provedFields(delivery, receipt, sentAt, now) })
      recorded.push(...provedEvents)
    } else if (receipts !== delivery.receipts) {
      deliveries.change(delivery, { receipts })
    }
  }
  return events.append(recorded)
}

function acceptedBy({ providerMessageId }: Receipt, now: Instant) {
  return { endedAt: now, outcome: 'accepted', providerMessageId: providerMessageId ?? null } as const
}

function provedFields(
  delivery: Delivery,
  receipt: Receipt,
  sentAt: Instant,
  now: Instant,
): Partial<Delivery> {
  return {
    status: 'sent',
    reason: null,
    lease: null,
    openAttempt: null,
    providerMessageId: receipt.providerMessageId ?? delivery.providerMessageId,
    sentAt,
    settledAt: now,
  }
}
