import type { CustomerId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Delivery } from '../model/delivery.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { CHUNK_SIZE } from './lane-pace.js'
import { settleDeliveries } from './settle-deliveries.js'
import { type HeldDelivery, inDoubt } from './settlements.js'

/** A channel that is no longer there can neither tell nor be asked again. */
const NO_CHANNEL = { idempotencyKeys: false, receiptWindowMs: 0 }

/**
 * Ends or postpones the attempts of dead workers and those whose receipt window is over.
 *
 * @returns how many there were
 */
export async function resolveDoubts(
  context: EngineContext,
  scope: Scope,
  lane: Omit<ChannelLane, 'channel'>,
): Promise<number> {
  const doubtful = await context.storage.deliveries.claimInDoubt(scope, lane.run.id, {
    worker: lane.worker,
    channel: lane.kind,
    now: context.clock.now(),
    leaseMs: context.settings.leaseMs,
    limit: CHUNK_SIZE,
  })
  const capabilities = context.channels[lane.kind]?.capabilities ?? NO_CHANNEL
  const settlements = (await holdAll(context, scope, lane, doubtful)).flatMap((held) => {
    const { openAttempt, status, tries } = held.delivery
    if (openAttempt === null) return []
    const attempt = {
      id: openAttempt.id,
      outcome: 'unknown' as const,
      code: 'inDoubt',
      providerMessageId: null,
    }
    const doubt = {
      attempt,
      startedAt: openAttempt.startedAt,
      tries: status === 'inDoubt' ? tries : tries + 1,
    }
    return [inDoubt(context, held, doubt, capabilities)]
  })
  await settleDeliveries(context, scope, lane, settlements)
  return settlements.length
}

/** Deliveries that this worker has claimed, with what their settlement needs to know. */
export async function holdAll(
  context: EngineContext,
  scope: Scope,
  { campaign, run }: { readonly campaign: Campaign; readonly run: Run },
  claimed: readonly Delivery[],
): Promise<readonly HeldDelivery[]> {
  const needsOrder = claimed.length > 0 && campaign.content.delivery !== 'each'
  const customerIds = claimed.flatMap(({ customerId }) => customerId ?? [])
  const members = needsOrder ? await context.storage.audience.get(scope, run.id, customerIds) : []
  const channels = new Map<CustomerId | null, readonly ChannelKind[]>(
    members.map((member) => [member.customerId, member.channels]),
  )
  return claimed.map((delivery) => ({
    delivery,
    fence: delivery.lease?.fence ?? 0,
    campaign,
    memberChannels: channels.get(delivery.customerId) ?? [],
  }))
}
