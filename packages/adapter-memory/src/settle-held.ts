import {
  type Continuation,
  type Delivery,
  type HeldDecision,
  type Instant,
  type JournalEntry,
  versionConflict,
} from '@campaignkit/core/adapter'
import type { Tenant } from './tenants.js'

interface Decided {
  readonly delivery: Delivery
  readonly decision: HeldDecision
}

/** The rule of `DeliveryStore.settleHeld`, on frozen values. */
export function settleHeld(
  tenant: Tenant,
  decisions: readonly HeldDecision[],
  continuation: Continuation | null,
  now: Instant,
  entry: JournalEntry,
): void {
  const { deliveries, campaigns, events, journal } = tenant
  const decided = decisions.map((decision) => decidedOf(tenant, decision))
  const next = deliveries.newOnes(decisions.flatMap((decision) => decision.next ?? []))
  if (continuation !== null) campaigns.goOn(continuation)
  for (const each of decided) deliveries.change(each.delivery, decidedFields(tenant, each, now))
  for (const delivery of next) deliveries.add(delivery)
  events.append(decisions.flatMap((decision) => decision.events))
  journal.write(entry)
}

function decidedOf({ deliveries }: Tenant, decision: HeldDecision): Decided {
  const delivery = deliveries.get(decision.deliveryId)
  const heldSince = delivery?.status === 'held' ? delivery.settledAt : null
  if (delivery === undefined || heldSince !== decision.heldSince)
    throw versionConflict(decision.heldSince, heldSince)
  return { delivery, decision }
}

function decidedFields(
  { deliveries }: Tenant,
  { delivery, decision }: Decided,
  now: Instant,
): Partial<Delivery> {
  const { status, reason, costMicros, currency } = decision
  const fields = { status, reason, costMicros, currency }
  if (status === 'queued') return { ...fields, dueAt: now, settledAt: null }
  const sentAt = status === 'sent' ? (deliveries.attemptsOf(delivery.id).at(-1)?.startedAt ?? now) : null
  return { ...fields, sentAt, settledAt: now }
}
