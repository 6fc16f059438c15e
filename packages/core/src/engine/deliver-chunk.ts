import { type DurationMs, type Instant, SECOND_MS } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { Hold } from '../ports/storage/delivery-store.js'
import type { Stop } from './attempt-group.js'
import type { ReadyMessage } from './call-channel.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { CHUNK_SIZE, type LanePace } from './lane-pace.js'
import { prepareChunk } from './prepare-chunk.js'
import { holdAll, resolveDoubts } from './resolve-doubts.js'
import type { Sender } from './sender.js'
import { settleDeliveries } from './settle-deliveries.js'
import type { HeldDelivery } from './settlements.js'

/**
 * How long before its slot the next message is claimed: its gates and templates take a moment, and queues look once a
 * second for rings that come later than at once. A ring for an instant just ahead would be heard too late.
 */
const EARLY_MS = SECOND_MS

/** What a chunk came to. */
export interface ChunkOutcome {
  /** Deliveries that were claimed, those in doubt among them. */
  readonly claimed: number
  /** When the next turn is of use to what was given back; null when all was sent, or the lane must stop. */
  readonly nextAt: Instant | null
  /** Why the lane must stop. */
  readonly stop: Stop | null
}

interface ClaimedChunk {
  /** Deliveries that were claimed, those in doubt among them. */
  readonly claimed: number
  readonly held: readonly HeldDelivery[]
}

/** A chunk that is claimed and made ready. */
interface ReadyChunk extends Pick<ClaimedChunk, 'claimed'> {
  readonly messages: readonly ReadyMessage[]
}

/** Delivers chunk after chunk; the next ones are made ready while the last messages of the one before wait for their slots. */
export interface ChunkDelivery {
  /**
   * Sends the next chunk, from which calls may still be under way afterwards. What is not sent keeps its turn.
   *
   * @param following - how many chunks at most are made ready after it
   */
  next(following: number, signal: AbortSignal | undefined): Promise<ChunkOutcome>
  /** Gives back what was made ready in vain. */
  end(): Promise<void>
}

/** How long a lane is served. */
export interface LaneTurn {
  readonly sender: Sender
  /** When the lane is to let others go first: nothing is sent later. */
  readonly until: Instant
  /** How long a message waits for its slot at most. */
  readonly patienceMs: DurationMs
}

/** Delivers a run on a channel: claims, gates again, coupons, messages, and then the sender. */
export function createChunkDelivery(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  { sender, until, patienceMs }: LaneTurn,
): ChunkDelivery {
  const { clock } = context
  const ahead: Promise<ReadyChunk>[] = []
  const mostAhead = chunksAhead(sender.pace)
  let claiming: Promise<unknown> = Promise.resolve()
  /** Whether any may be in doubt: what comes into doubt meanwhile has the next turn. */
  let isDoubtful = true

  async function claimNext(): Promise<ClaimedChunk> {
    const doubtful = isDoubtful ? await resolveDoubts(context, scope, lane) : 0
    isDoubtful = doubtful > 0
    const held = await claimChunk(context, scope, lane, sender.pace.chunkSize(until - clock.now()))
    return { claimed: held.length + doubtful, held }
  }

  /** One after the other, so that who is claimed first goes first. */
  async function makeReady(): Promise<ReadyChunk> {
    const claim = claiming.then(claimNext)
    claiming = claim.catch(() => undefined)
    const { claimed, held } = await claim
    return { claimed, messages: await readyMessages(context, scope, lane, held) }
  }

  function makeReadyAhead(): Promise<ReadyChunk> {
    const ready = clock.turn().then(makeReady)
    // nobody waits for it yet
    ready.catch(() => undefined)
    return ready
  }

  return {
    async next(following, signal) {
      const { claimed, messages } = await (ahead.shift() ?? makeReady())
      if (messages.length === 0) return { claimed, nextAt: null, stop: null }
      try {
        const last = Math.min(until, clock.now() + sender.pace.horizonMs, lastInstantOf(lane))
        const unsent = await sender.send(messages, { until: last, patienceMs, signal }, () => {
          if (clock.now() + sender.pace.aheadMs >= until) return
          while (ahead.length < Math.min(mostAhead, following)) ahead.push(makeReadyAhead())
        })
        await giveBack(context, scope, unsent.messages)
        return { claimed, nextAt: turnBefore(lane, sender, unsent.nextSlotAt), stop: unsent.stop }
      } catch (thrown) {
        // those that were begun or settled are no longer claimed, and stay as they are
        await giveBack(context, scope, messages).catch(() => undefined)
        throw thrown
      }
    },
    async end() {
      for (const ready of ahead.splice(0)) {
        const left = await ready.catch(() => null)
        if (left !== null) await giveBack(context, scope, left.messages)
      }
    },
  }
}

/** Two where a chunk is sent sooner than the next is made ready: its claim goes on while the one before is rendered. */
function chunksAhead({ spacingMs, aheadMs }: LanePace): number {
  return CHUNK_SIZE * spacingMs <= aheadMs ? 2 : 1
}

async function claimChunk(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  limit: number,
): Promise<readonly HeldDelivery[]> {
  const { storage, clock, settings } = context
  const claimed = await storage.deliveries.claim(scope, lane.run.id, {
    worker: lane.worker,
    channel: lane.kind,
    now: clock.now(),
    leaseMs: settings.leaseMs,
    limit,
  })
  return claimed.length === 0 ? [] : holdAll(context, scope, lane, claimed)
}

async function readyMessages(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  held: readonly HeldDelivery[],
): Promise<readonly ReadyMessage[]> {
  if (held.length === 0) return []
  try {
    const { ready, stopped } = await prepareChunk(context, scope, lane, held)
    await settleDeliveries(context, scope, lane, stopped)
    return ready
  } catch (thrown) {
    await releaseAll(context, scope, held).catch(() => undefined)
    throw thrown
  }
}

/**
 * When a turn is of use to a message that has its slot then: a while before, but not so long that the slot would still lie
 * beyond what is reserved ahead, nor before a slot that the campaign does not live to see. Such a turn would come to nothing,
 * and the next one too.
 */
function turnBefore(lane: ChannelLane, { pace }: Sender, slotAt: Instant | null): Instant | null {
  if (slotAt === null || slotAt > lastInstantOf(lane)) return slotAt
  return slotAt - Math.min(EARLY_MS, pace.horizonMs)
}

function lastInstantOf({ campaign }: ChannelLane): Instant {
  const { endsAt } = campaign.content
  return endsAt === undefined ? Number.MAX_SAFE_INTEGER : endsAt - 1
}

function giveBack(context: EngineContext, scope: Scope, messages: readonly ReadyMessage[]): Promise<void> {
  return releaseAll(
    context,
    scope,
    messages.map(({ held }) => held),
  )
}

async function releaseAll(
  context: EngineContext,
  scope: Scope,
  held: readonly HeldDelivery[],
): Promise<void> {
  if (held.length === 0) return
  const holds = held.map(({ delivery, fence }): Hold => ({ deliveryId: delivery.id, fence }))
  const dueAt = Math.min(...held.map(({ delivery }) => delivery.dueAt))
  await context.storage.deliveries.release(scope, holds, dueAt)
}
