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
import { prepareRun } from './prepare-run.js'
import { publishProgress } from './progress.js'
import { isFrozenBefore, lookForWinner } from './roll-out.js'
import type { RunServer } from './run-server.js'
import { serveChannel } from './serve-channel.js'

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
  if (run.freeze.phase !== 'frozen') return prepare(context, scope, campaign, run)
  if (campaign.status !== 'active') return begin(context, scope, campaign)
  return deliver(context, scope, campaign, run, server)
}

/** Freezes a run behind those of its campaign that are to be frozen before it. */
async function prepare(context: EngineContext, scope: Scope, campaign: Campaign, run: Run): Promise<Instant> {
  if (isRolloutRun(run) && campaign.rollout === null) return lookForWinner(context, scope, campaign, run)
  if (isRolloutRun(run) || campaign.content.schedule?.type === 'recurring') {
    const now = context.clock.now()
    const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
    if (runs.some((other) => isFrozenBefore(run, other, now))) return now + FREEZING_PAUSE_MS
  }
  return prepareRun(context, scope, campaign, run)
}

async function begin(context: EngineContext, scope: Scope, campaign: Campaign): Promise<Instant> {
  await changeCampaign(context, scope, campaign, { action: 'begin', fields: { status: 'active' } })
  return context.clock.now()
}

/** Serves every channel of the run side by side. */
async function deliver(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  server: RunServer,
): Promise<Instant | null> {
  const kinds = usedChannels(campaign)
  const served = await Promise.allSettled(
    kinds.map((kind) => serveChannel(context, scope, campaign, run, kind, server)),
  )
  const notBefore = new Map<ChannelKind, Instant>()
  for (const [at, lane] of served.entries()) {
    const kind = kinds[at]
    if (lane.status === 'rejected') throw lane.reason
    if (kind !== undefined) notBefore.set(kind, lane.value)
  }
  await publishProgress(context, scope, campaign)
  const wakes: Instant[] = []
  for (const [kind, instant] of notBefore) {
    // asked for when all have ended, since one channel may have put deliveries on another
    const dueAt = await context.storage.deliveries.nextDue(scope, run.id, kind)
    if (dueAt !== null) wakes.push(Math.max(dueAt, instant))
  }
  if (wakes.length > 0) return Math.max(Math.min(...wakes), context.clock.now())
  return endRun(context, scope, campaign, run)
}
