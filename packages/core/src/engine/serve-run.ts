import { isCampaignKitError } from '../base/error.js'
import type { RunId } from '../base/ids.js'
import { type Instant, SECOND_MS } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { hasEnded } from '../model/campaign-status.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { usedChannels } from '../model/placed.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { changeCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { endEarly, endRun, reasonOfEnd } from './end-run.js'
import type { Help } from './helping.js'
import { prepareRun } from './prepare-run.js'
import { publishProgress } from './progress.js'
import { isFrozenBefore, lookForWinner } from './roll-out.js'
import type { RunServer } from './run-server.js'
import { AT_ONCE, serveChannel, TURN_MS } from './serve-channel.js'

/** How long a run waits for another one of the campaign that is being frozen, or is about to be. */
const FREEZING_PAUSE_MS = SECOND_MS

/**
 * Answers one ring for a run: takes it some bounded way further. A ring too many, too late or for a run that is gone
 * changes nothing.
 *
 * @returns when the run next has something to do; null when it has ended, is paused, or is gone
 */
export async function serveRun(
  context: EngineContext,
  scope: Scope,
  runId: RunId,
  server: RunServer,
): Promise<Instant | null> {
  const run = await context.storage.campaigns.getRun(scope, runId)
  if (run === null || run.status === 'ended') return null
  const campaign = await context.storage.campaigns.get(scope, run.campaignId)
  if (campaign === null) return null
  try {
    const next = await step(context, scope, campaign, run, server)
    const { endsAt } = campaign.content
    return next === null || endsAt === undefined
      ? next
      : Math.min(next, Math.max(endsAt, context.clock.now()))
  } catch (thrown) {
    // another worker or a person was faster: look again
    if (isCampaignKitError(thrown, 'VERSION_CONFLICT')) return context.clock.now()
    throw thrown
  }
}

/**
 * Delivers beside the worker that answers the rings of a run, for a turn, as far as slots are free. A run that is not being
 * delivered, or not yet, needs no help now.
 */
export async function helpRun(
  context: EngineContext,
  scope: Scope,
  runId: RunId,
  server: RunServer,
): Promise<Help> {
  const run = await context.storage.campaigns.getRun(scope, runId)
  if (run === null || run.status === 'ended' || run.freeze.phase !== 'frozen') return 'notNow'
  const campaign = await context.storage.campaigns.get(scope, run.campaignId)
  const begunAt = context.clock.now()
  if (campaign === null || !isDelivered(campaign, run, begunAt)) return 'notNow'
  const turns = await serveChannels(context, scope, campaign, run, server)
  const now = context.clock.now()
  const due = turns.filter(({ dueAt }) => dueAt <= now)
  // whoever had to do without a slot has ended early
  if (due.some(({ notBefore }) => notBefore === AT_ONCE || now - begunAt >= TURN_MS)) return 'more'
  for (const { kind } of turns) await server.senders.finish(scope, { run, kind })
  // the other one may wait for what was held here, and the run may be over
  if (due.length === 0) await context.queue.ring(scope, run.id, now, campaign.content.priority)
  return 'noUse'
}

function isDelivered({ status, content }: Campaign, run: Run, now: Instant): boolean {
  return status === 'active' && run.scheduledFor <= now && (content.endsAt ?? Number.POSITIVE_INFINITY) > now
}

async function step(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  server: RunServer,
): Promise<Instant | null> {
  const now = context.clock.now()
  if (hasEnded(campaign.status)) {
    const ending = { status: 'cancelled', reason: reasonOfEnd(campaign) } as const
    return endEarly(context, scope, campaign, run, server, ending)
  }
  if (campaign.status === 'draft') return null
  const { endsAt } = campaign.content
  if (endsAt !== undefined && endsAt <= now) {
    const ending = { status: 'skipped', reason: 'campaignEnded' } as const
    return endEarly(context, scope, campaign, run, server, ending)
  }
  if (campaign.status === 'paused') return null
  if (run.scheduledFor > now) return run.scheduledFor
  if (run.freeze.phase !== 'frozen') return prepare(context, scope, campaign, run, server.signal)
  if (campaign.status !== 'active') return begin(context, scope, campaign)
  return deliver(context, scope, campaign, run, server)
}

/** Freezes a run behind those of its campaign that are to be frozen before it. */
async function prepare(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  signal: AbortSignal | undefined,
): Promise<Instant> {
  if (isRolloutRun(run) && campaign.rollout === null) return lookForWinner(context, scope, campaign, run)
  if (isRolloutRun(run) || campaign.content.schedule?.type === 'recurring') {
    const now = context.clock.now()
    const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
    if (runs.some((other) => isFrozenBefore(run, other, now))) return now + FREEZING_PAUSE_MS
  }
  return prepareRun(context, scope, campaign, run, signal)
}

async function begin(context: EngineContext, scope: Scope, campaign: Campaign): Promise<Instant> {
  await changeCampaign(context, scope, campaign, { action: 'begin', fields: { status: 'active' } })
  return context.clock.now()
}

/** Delivers for a turn, and ends the run when nothing is left of it. */
async function deliver(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  server: RunServer,
): Promise<Instant | null> {
  const turns = await serveChannels(context, scope, campaign, run, server)
  if (turns.length === 0) return endRun(context, scope, campaign, run)
  const wakes = turns.map(({ dueAt, notBefore }) => Math.max(dueAt, notBefore))
  return Math.max(Math.min(...wakes), context.clock.now())
}

/** What a channel of a run has left. */
interface NextTurn {
  readonly kind: ChannelKind
  readonly dueAt: Instant
  /** Before this the channel has no use for another turn, whatever is due. */
  readonly notBefore: Instant
}

/** Serves every channel of the run side by side. @returns those that have something left */
async function serveChannels(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  server: RunServer,
): Promise<readonly NextTurn[]> {
  const served = await Promise.allSettled(
    usedChannels(campaign).map(async (kind) => {
      const notBefore = await serveChannel(context, scope, campaign, run, kind, server)
      return { kind, notBefore }
    }),
  )
  const lanes = served.map((lane) => {
    if (lane.status === 'rejected') throw lane.reason
    return lane.value
  })
  await publishProgress(context, scope, campaign)
  const turns: NextTurn[] = []
  for (const { kind, notBefore } of lanes) {
    // asked for when all have ended, since one channel may have put deliveries on another
    const dueAt = await context.storage.deliveries.nextDue(scope, run.id, kind)
    if (dueAt !== null) turns.push({ kind, dueAt, notBefore })
  }
  return turns
}
