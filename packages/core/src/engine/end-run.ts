import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { hasEnded } from '../model/campaign-status.js'
import { usedChannels } from '../model/placed.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { changeCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { publishProgress } from './progress.js'
import { resolveDoubts } from './resolve-doubts.js'
import { rolloutRunFor } from './roll-out.js'
import type { RunServer } from './run-server.js'

/** Batches of deliveries to be ended that one ring takes before it lets others go first. */
const BATCHES_PER_RING = 20
const END_BATCH = 1_000

/** How what is left of a campaign ends. */
export interface Ending {
  readonly status: 'cancelled' | 'skipped'
  readonly reason: string
}

/** What deliveries say that are cancelled with their campaign. */
export function reasonOfEnd({ statusReason, status }: Campaign): string {
  if (status === 'cancelled') return 'cancelled'
  return status === 'failed' ? (statusReason ?? 'failed') : 'stopped'
}

/**
 * Ends what is not sent yet, some at a time, then the run.
 *
 * @returns when there is more to end; null when the run has ended
 */
export async function endEarly(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  { worker, senders }: RunServer,
  ending: Ending,
): Promise<Instant | null> {
  for (const kind of usedChannels(campaign)) {
    const lane = { campaign, run, kind, worker }
    await senders.finish(scope, lane)
    await resolveDoubts(context, scope, lane)
  }
  await endQueued(context, scope, campaign, ending)
  await publishProgress(context, scope, campaign)
  return endRun(context, scope, campaign, run)
}

/** Ends deliveries of a campaign that wait, up to a bound. */
export async function endQueued(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  ending: Ending,
): Promise<void> {
  for (let batch = 0; batch < BATCHES_PER_RING; batch += 1) {
    const end = { ...ending, now: context.clock.now(), limit: END_BATCH }
    if ((await context.storage.deliveries.endQueued(scope, campaign.id, end)) < END_BATCH) return
    await context.clock.turn()
  }
}

/**
 * Ends a run of which all is settled, and the campaign with its last one: the campaign first, since nobody looks at a
 * run again that has ended. Of a paused campaign the run stays open until it is resumed or its end has come. A
 * campaign with a remainder goes on with the run that waits for the verdict.
 *
 * @returns when there is something to do after all, since a person has just decided so; null when the run has ended
 */
export async function endRun(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<Instant | null> {
  const { campaigns, freezing, deliveries } = context.storage
  const now = context.clock.now()
  const current = await campaigns.get(scope, campaign.id)
  if (current === null) return null
  const isOver = campaign.content.endsAt !== undefined && campaign.content.endsAt <= now
  if (current.status === 'paused' && !isOver) return null
  // asked behind the campaign: what is queued later comes with a version in which it cannot be completed here
  const nextDue = await deliveries.nextDue(scope, run.id)
  if (nextDue !== null) return Math.max(nextDue, now)
  const runs = await campaigns.runsOf(scope, campaign.id)
  const isLast = isOver || runs.every(({ id, status }) => status === 'ended' || id === run.id)
  const newRun = isOver || hasEnded(current.status) ? null : await rolloutRunFor(context, scope, current, run)
  if (newRun !== null) {
    await changeCampaign(context, scope, current, { action: 'await-verdict', fields: {}, run: newRun })
    await context.queue.ring(scope, newRun.id, newRun.scheduledFor, current.content.priority)
  } else if (isLast && !hasEnded(current.status)) {
    const statusReason = isOver ? 'campaignEnded' : null
    await changeCampaign(context, scope, current, {
      action: 'complete',
      fields: { status: 'completed', endedAt: now, statusReason },
    })
  }
  await freezing.discard(scope, run.id)
  const firstEndedAt = run.firstEndedAt ?? now
  await campaigns.updateRun(
    scope,
    { ...run, status: 'ended', endedAt: now, firstEndedAt, version: run.version + 1 },
    run.version,
  )
  return null
}
