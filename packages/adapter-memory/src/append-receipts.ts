import {
  awaitsProof,
  type CampaignEvent,
  type Delivery,
  type DeliveryId,
  type Instant,
  joinReceipt,
  type Receipt,
  type ReceiptEntry,
  type ReceiptsWritten,
} from '@campaignkit/core/adapter'
import { follow } from './follow.js'
import type { Tenant } from './tenants.js'

/** The rule of `EventStore.appendReceipts`, on frozen entries. */
export function appendReceipts(
  tenant: Tenant,
  entries: readonly ReceiptEntry[],
  now: Instant,
): ReceiptsWritten {
  const { deliveries } = tenant
  const recorded: CampaignEvent[] = []
  const proved = new Set<DeliveryId>()
  for (const { deliveryId, receipt, event, proves, provedEvents } of entries) {
    recorded.push(event)
    const delivery = deliveries.get(deliveryId)
    if (delivery === undefined) continue
    const isProved = proves && awaitsProof(delivery, now)
    const receipts = Object.freeze(joinReceipt(delivery.receipts, receipt))
    if (isProved) {
      const attempts = deliveries.attemptsOf(deliveryId)
      deliveries.endAttempts(deliveryId, () => acceptedBy(receipt, now))
      const sentAt = attempts.at(-1)?.startedAt ?? receipt.at
      deliveries.change(delivery, { receipts, ...provedFields(delivery, receipt, sentAt, now) })
      recorded.push(...provedEvents)
      proved.add(deliveryId)
    } else if (receipts !== delivery.receipts) {
      deliveries.change(delivery, { receipts })
    }
  }
  const reopened = follow(tenant, entries, proved, now)
  return { events: tenant.events.append(recorded), reopened }
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
