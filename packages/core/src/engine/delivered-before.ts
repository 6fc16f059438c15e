import type { CustomerId, RunId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { Delivery } from '../model/delivery.js'
import { hasArrived } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import type { HeldDelivery } from './settlements.js'

/** Of deliveries on a later channel: whether an earlier one has brought its message by now. One call for all of them. */
export async function deliveredBefore(
  context: Pick<EngineContext, 'storage'>,
  scope: Scope,
  { content }: Campaign,
  runId: RunId,
  chunk: readonly HeldDelivery[],
): Promise<(delivery: Delivery) => boolean> {
  if (content.delivery === 'each') return () => false
  const followers = chunk.filter(isFollower).map(({ delivery }) => delivery)
  return broughtByAnother(context, scope, runId, followers)
}

/** Whether a delivery has its turn behind one on an earlier channel. */
export function isFollower({ delivery, memberChannels }: HeldDelivery): boolean {
  return memberChannels.indexOf(delivery.channel) > 0
}

/** Of deliveries of a run: whether another channel has brought its message to the member. One call for all of them. */
export async function broughtByAnother(
  { storage }: Pick<EngineContext, 'storage'>,
  scope: Scope,
  runId: RunId,
  deliveries: readonly Delivery[],
): Promise<(delivery: Delivery) => boolean> {
  const ids = [...new Set(deliveries.flatMap(({ customerId }) => customerId ?? []))]
  if (ids.length === 0) return () => false
  const arrived = new Map<CustomerId | null, readonly Delivery[]>()
  for (const other of await storage.deliveries.ofMembers(scope, runId, ids)) {
    if (!hasArrived(other.receipts)) continue
    arrived.set(other.customerId, [...(arrived.get(other.customerId) ?? []), other])
  }
  return ({ id, step, customerId }) =>
    (arrived.get(customerId) ?? []).some((other) => other.step === step && other.id !== id)
}
