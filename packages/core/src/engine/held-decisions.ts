import type { CustomerId, DeliveryId } from '../base/ids.js'
import { endEvent } from '../metrics/delivery-event.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { DECIDED_BY_PERSON, type Delivery } from '../model/delivery.js'
import { nextOfSent } from '../model/next-of-sent.js'
import type { Scope } from '../model/scope.js'
import type { HeldDecision } from '../ports/storage/delivery-store.js'
import type { EngineContext } from './context.js'
import { listCost, nextAfterSent, nextChannel } from './settlements.js'

/** What a person knows or wants of a held delivery. */
export type HeldAnswer = 'sent' | 'failed' | 'resend'

/** What becomes of held deliveries by an answer, with what follows on the next channel where it may. */
export async function decisionsOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  held: readonly Delivery[],
  { as, mayGoOn }: { readonly as: HeldAnswer; readonly mayGoOn: boolean },
): Promise<readonly HeldDecision[]> {
  const now = context.clock.now()
  const next = as !== 'resend' && mayGoOn ? await nextOf(context, scope, campaign, held, as) : new Map()
  return held.map((delivery): HeldDecision => {
    const kept = {
      deliveryId: delivery.id,
      heldSince: delivery.settledAt ?? now,
      costMicros: 0,
      currency: null,
      next: null,
      events: [],
    }
    if (as === 'resend') return { ...kept, status: 'queued', reason: 'resent' }
    if (as === 'failed') {
      const events = [endEvent(delivery, 'failed', now, { reason: DECIDED_BY_PERSON })]
      return {
        ...kept,
        status: 'failed',
        reason: DECIDED_BY_PERSON,
        next: next.get(delivery.id) ?? null,
        events,
      }
    }
    const following = next.get(delivery.id) ?? null
    const list = context.channels[delivery.channel]?.capabilities.price ?? null
    const cost = { costMicros: listCost(list), currency: list?.currency ?? null }
    const events = [endEvent(delivery, 'sent', now, cost)]
    return { ...kept, ...cost, status: 'sent', reason: null, next: following, events }
  })
}

/** What is written on the next channel, by the delivery that failed or was sent. */
async function nextOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  held: readonly Delivery[],
  as: 'sent' | 'failed',
): Promise<ReadonlyMap<DeliveryId, Delivery>> {
  const next = new Map<DeliveryId, Delivery>()
  if (campaign.content.delivery === 'each') return next
  const now = context.clock.now()
  for (const runId of new Set(held.map((delivery) => delivery.runId))) {
    const ofRun = held.filter((delivery) => delivery.runId === runId)
    const customerIds = ofRun.flatMap(({ customerId }) => customerId ?? [])
    const members = await context.storage.audience.get(scope, runId, customerIds)
    const channels = new Map<CustomerId | null, readonly ChannelKind[]>(
      members.map((member) => [member.customerId, member.channels]),
    )
    for (const delivery of ofRun) {
      const memberChannels = channels.get(delivery.customerId) ?? []
      const place = { delivery, campaign, memberChannels }
      const following =
        as === 'failed'
          ? nextChannel(context, place, now)
          : nextOfSent(delivery.receipts, nextAfterSent(context, place, now))
      if (following !== null) next.set(delivery.id, following)
    }
  }
  return next
}
