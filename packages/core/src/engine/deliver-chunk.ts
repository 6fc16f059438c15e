import type { Instant } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { Hold } from '../ports/storage/delivery-store.js'
import type { Stop } from './attempt-group.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { prepareChunk } from './prepare-chunk.js'
import { holdAll, resolveDoubts } from './resolve-doubts.js'
import type { Sender } from './sender.js'
import { settleDeliveries } from './settle-deliveries.js'
import type { HeldDelivery } from './settlements.js'

/** What a chunk came to. */
export interface ChunkOutcome {
  /** Deliveries that were claimed, those in doubt among them. */
  readonly claimed: number
  /** When there is a slot for what was given back; null when all was sent, or the lane must stop. */
  readonly nextSlotAt: Instant | null
  /** Why the lane must stop. */
  readonly stop: Stop | null
}

/**
 * Claims the next chunk of a run on a channel: gates again, coupons, messages, and then the sender, from which calls may
 * still be under way when the chunk is over. What is not sent is given back and keeps its turn.
 *
 * @param limits.until - when the lane is to let others go first: nothing is sent later
 */
export async function deliverChunk(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  sender: Sender,
  limits: { readonly until: Instant; readonly signal: AbortSignal | undefined },
): Promise<ChunkOutcome> {
  const { storage, clock, settings } = context
  const doubtful = await resolveDoubts(context, scope, lane)
  const now = clock.now()
  const claimed = await storage.deliveries.claim(scope, lane.run.id, {
    worker: lane.worker,
    channel: lane.kind,
    now,
    leaseMs: settings.leaseMs,
    limit: sender.pace.chunkSize(limits.until - now),
  })
  let outcome: ChunkOutcome = { claimed: claimed.length + doubtful, nextSlotAt: null, stop: null }
  if (claimed.length > 0) {
    const held = await holdAll(context, scope, lane, claimed)
    try {
      const { ready, stopped } = await prepareChunk(context, scope, lane, held)
      await settleDeliveries(context, scope, lane, stopped)
      const until = Math.min(limits.until, now + sender.pace.horizonMs, lastInstantOf(lane))
      const unsent = await sender.send(ready, { until, signal: limits.signal })
      outcome = { ...outcome, nextSlotAt: unsent.nextSlotAt, stop: unsent.stop }
      await giveBack(
        context,
        scope,
        unsent.messages.map((message) => message.held),
      )
    } catch (thrown) {
      // those that were begun or settled are no longer claimed, and stay as they are
      await giveBack(context, scope, held).catch(() => undefined)
      throw thrown
    }
  }
  return outcome
}

function lastInstantOf({ campaign }: ChannelLane): Instant {
  const { endsAt } = campaign.content
  return endsAt === undefined ? Number.MAX_SAFE_INTEGER : endsAt - 1
}

async function giveBack(context: EngineContext, scope: Scope, held: readonly HeldDelivery[]): Promise<void> {
  if (held.length === 0) return
  const holds = held.map(({ delivery, fence }): Hold => ({ deliveryId: delivery.id, fence }))
  const dueAt = Math.min(...held.map(({ delivery }) => delivery.dueAt))
  await context.storage.deliveries.release(scope, holds, dueAt)
}
