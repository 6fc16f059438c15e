import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { isPublicIn } from '../model/public-placement.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { changeCampaign } from './change-campaign.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { type ChunkDelivery, createChunkDelivery } from './deliver-chunk.js'
import { publishProgress } from './progress.js'
import { isPublic } from './public-messages.js'
import type { RunServer } from './run-server.js'

/** How long a turn lasts at most, before other runs have theirs. */
export const TURN_MS = 10_000
/** Chunks of a turn at most: at no pace is a small campaign kept waiting by more than so many of each other one. */
const TURN_CHUNKS = 20
/** For a channel that goes on as soon as something is due. */
export const AT_ONCE: Instant = 0

/**
 * Serves one channel of a run, chunk after chunk, for a while.
 *
 * @returns the instant before which it has no use for another turn, whatever is due
 */
export async function serveChannel(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  kind: ChannelKind,
  server: RunServer,
): Promise<Instant> {
  const channel = context.channels[kind]
  if (channel === undefined) {
    await pauseForChannel(context, scope, campaign, `no adapter for ${kind}`)
    return AT_ONCE
  }
  const isMeantPublic = isPublicIn(campaign.placements, kind)
  if (isMeantPublic !== isPublic(context, kind)) {
    const reason = `${kind} ${isMeantPublic ? 'was' : 'was not'} public when the campaign was launched`
    await pauseForChannel(context, scope, campaign, reason)
    return AT_ONCE
  }
  const lane: ChannelLane = { campaign, run, kind, channel, worker: server.worker }
  try {
    return await serveLane(context, scope, lane, server)
  } catch (thrown) {
    await server.senders.finish(scope, lane).catch(() => null)
    throw thrown
  }
}

async function serveLane(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  { senders, patienceMs, signal }: RunServer,
): Promise<Instant> {
  const sender = senders.of(scope, lane)
  const until = context.clock.now() + TURN_MS
  const chunks = createChunkDelivery(context, scope, lane, { sender, until, patienceMs })
  const nextAt = await serveTurn(context, scope, lane, chunks, signal).finally(() => chunks.end())
  // calls stay under way while the next turn claims more
  if (nextAt !== null) return nextAt
  const stop = await senders.finish(scope, lane)
  if (stop !== null && stop.misconfigured !== null) {
    await pauseForChannel(context, scope, lane.campaign, stop.misconfigured)
  }
  return stop?.resumeAt ?? AT_ONCE
}

/** How many chunks may follow that one within the turn; one that went on since nobody waited has no end of its own. */
function chunksAfter(served: number): number {
  return served < TURN_CHUNKS ? TURN_CHUNKS - served - 1 : TURN_CHUNKS
}

/** Delivers chunks for one turn. @returns when the next turn is of use; null when there is nothing more to send */
async function serveTurn(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  chunks: ChunkDelivery,
  signal: AbortSignal | undefined,
): Promise<Instant | null> {
  for (let served = 0; signal?.aborted !== true; served += 1) {
    if (served >= TURN_CHUNKS && (await isMoreDue(context, scope, lane))) return AT_ONCE
    const { claimed, nextAt, stop } = await chunks.next(chunksAfter(served), signal)
    const campaign = claimed > 0 ? await publishProgress(context, scope, lane.campaign) : null
    await context.clock.turn()
    if (nextAt !== null) return nextAt
    if (stop !== null || campaign?.status !== 'active') return null
  }
  return null
}

async function isMoreDue(
  { storage, clock }: EngineContext,
  scope: Scope,
  { run, kind }: ChannelLane,
): Promise<boolean> {
  const dueAt = await storage.deliveries.nextDue(scope, run.id, kind)
  return dueAt !== null && dueAt <= clock.now()
}

/** The provider refuses the account, not the messages: pausing saves the audience until a person has looked. */
async function pauseForChannel(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  reason: string,
): Promise<void> {
  const current = await context.storage.campaigns.get(scope, campaign.id)
  if (current === null || current.status !== 'active') return
  context.logger.error('a channel is misconfigured; the campaign is paused', {
    campaignId: campaign.id,
    reason,
  })
  await changeCampaign(context, scope, current, {
    action: 'pause',
    reason: `CHANNEL_MISCONFIGURED: ${reason}`,
    fields: { status: 'paused', statusReason: 'CHANNEL_MISCONFIGURED' },
  })
}
