import {
  type Attempt,
  type Delivery,
  type DeliveryId,
  type Instant,
  isSettled,
  nextOfSent,
  type Settlement,
} from '@campaignkit/core/adapter'
import type { Tenant } from './tenants.js'

interface Standing {
  readonly delivery: Delivery
  readonly settlement: Settlement
}

/** The settlements that count: each under the fence that is stored, and one only for a delivery. */
function standingOf({ deliveries }: Tenant, settlements: readonly Settlement[]): readonly Standing[] {
  const seen = new Set<DeliveryId>()
  return settlements.flatMap((settlement) => {
    const delivery = deliveries.get(settlement.deliveryId)
    if (delivery === undefined || seen.has(delivery.id) || isSettled(delivery.status)) return []
    if (delivery.lease?.fence !== settlement.fence) return []
    seen.add(delivery.id)
    return [{ delivery, settlement }]
  })
}

/** The rule of `DeliveryStore.settle`, on frozen settlements. */
export function settle(
  tenant: Tenant,
  settlements: readonly Settlement[],
  now: Instant,
): readonly DeliveryId[] {
  const { deliveries, events } = tenant
  const standing = standingOf(tenant, settlements)
  const next = deliveries.newOnes(standing.flatMap((each) => nextOf(each) ?? []))
  for (const { delivery, settlement } of standing) {
    if (settlement.status !== 'inDoubt') {
      deliveries.endAttempts(delivery.id, (open) => endOf(open, settlement, now))
    }
    deliveries.change(delivery, settledFields(delivery, settlement, now))
  }
  for (const delivery of next) deliveries.add(delivery)
  events.append(standing.flatMap(({ settlement }) => settlement.events))
  return standing.map(({ delivery }) => delivery.id)
}

function nextOf({ delivery, settlement }: Standing): Delivery | null {
  return settlement.status === 'sent' ? nextOfSent(delivery.receipts, settlement) : settlement.next
}

/** An open attempt of which the settlement says nothing ends as `unknown`. */
function endOf(open: Attempt, { attempt }: Settlement, now: Instant): Partial<Attempt> {
  if (attempt?.id !== open.id) return { endedAt: now, outcome: 'unknown' }
  const { outcome, code, providerMessageId } = attempt
  return { endedAt: now, outcome, code, providerMessageId }
}

function settledFields(delivery: Delivery, settlement: Settlement, now: Instant): Partial<Delivery> {
  const { status, reason, dueAt, tries, costMicros, currency, attempt } = settlement
  return {
    status,
    reason,
    dueAt: isSettled(status) ? delivery.dueAt : dueAt,
    tries,
    lease: null,
    openAttempt: status === 'inDoubt' ? delivery.openAttempt : null,
    providerMessageId: attempt?.providerMessageId ?? delivery.providerMessageId,
    sentAt: status === 'sent' ? now : null,
    settledAt: isSettled(status) ? now : null,
    costMicros,
    currency,
  }
}
