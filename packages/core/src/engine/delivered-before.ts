import type { CustomerId, RunId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { Delivery } from '../model/delivery.js'
import { hasArrived } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import type { HeldDelivery } from './settlements.js'

/** Of deliveries that wait for an earlier channel: whether it has brought its message by now. One call for all of them. */
export async function deliveredBefore(
  { storage }: Pick<EngineContext, 'storage'>,
  scope: Scope,
  { content }: Campaign,
  runId: RunId,
  chunk: readonly HeldDelivery[],
): Promise<(delivery: Delivery) => boolean> {
  const followers = chunk.filter(
    ({ delivery, memberChannels }) => memberChannels.indexOf(delivery.channel) > 0,
  )
  if (content.delivery === 'each' || content.delivery.fallbackAfterHours === undefined) return () => false
  if (followers.length === 0) return () => false
  const ids = followers.flatMap(({ delivery }) => delivery.customerId ?? [])
  const arrived = new Map<CustomerId, readonly Delivery[]>()
  for (const other of await storage.deliveries.ofMembers(scope, runId, ids)) {
    const { customerId } = other
    if (customerId === null || !hasArrived(other.receipts)) continue
    arrived.set(customerId, [...(arrived.get(customerId) ?? []), other])
  }
  return ({ id, step, customerId }) =>
    customerId !== null &&
    (arrived.get(customerId) ?? []).some((other) => other.step === step && other.id !== id)
}
