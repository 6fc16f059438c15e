import { type CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { ErrorCode } from '../base/error-code.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { hasEnded } from '../model/campaign-status.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { startRun } from './activate-campaign.js'
import { changeCampaign, requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { endQueued, reasonOfEnd } from './end-run.js'
import { freezeOn } from './freeze-run.js'
import { nextRecurrence } from './occurrences.js'
import { placePosts } from './place-posts.js'
import { publishProgress } from './progress.js'

const HOPELESS: readonly ErrorCode[] = [
  'CRITERIA_INVALID',
  'CRITERIA_SEALED',
  'CRITERIA_TOO_DEEP',
  'ELIGIBILITY_MISPLACED',
  'ELIGIBILITY_NOT_CONFIGURED',
  'EXCLUSION_GROUP_UNKNOWN',
  'EXPERIMENT_TOO_SMALL',
  'SEGMENT_CYCLE',
  'SEGMENT_NOT_FOUND',
]

/** Freezes some more; a scheduled campaign whose time has come is launched first, a recurring one gets its next run. */
export async function prepareRun(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  signal: AbortSignal | undefined,
): Promise<Instant> {
  const now = context.clock.now()
  if (campaign.status === 'scheduled') {
    const fields = { status: 'preparing', launchedAt: now } as const
    await changeCampaign(context, scope, campaign, { action: 'launch', fields })
    return now
  }
  if (run.freeze.phase === 'matching' && run.freeze.after === null && !isRolloutRun(run)) {
    await planRecurrence(context, scope, campaign, run)
    await placePosts(context, scope, campaign, run)
  }
  try {
    await freezeOn(context, scope, campaign, run, signal)
  } catch (thrown) {
    if (isCampaignKitError(thrown, 'VERSION_CONFLICT')) await endLatecomers(context, scope, campaign, run)
    if (!isHopeless(thrown)) throw thrown
    await failCampaign(context, scope, campaign, thrown)
  }
  await publishProgress(context, scope, campaign)
  return now
}

/** What was placed while another worker ended the run: nobody would ever look at it again. */
async function endLatecomers(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<void> {
  const current = await context.storage.campaigns.getRun(scope, run.id)
  if (current === null || current.status === 'open') return
  const ended = await requireCampaign(context, scope, campaign.id)
  await endQueued(context, scope, ended, { status: 'cancelled', reason: reasonOfEnd(ended) })
}

/** Whether trying again cannot help: the audience itself is at fault, not the storage or another worker. */
function isHopeless(thrown: unknown): thrown is CampaignKitError {
  return isCampaignKitError(thrown) && thrown.retry === 'never' && HOPELESS.includes(thrown.code)
}

async function failCampaign(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  error: CampaignKitError,
): Promise<void> {
  const current = await requireCampaign(context, scope, campaign.id)
  if (hasEnded(current.status)) return
  await changeCampaign(context, scope, current, {
    action: 'fail',
    reason: error.message,
    fields: { status: 'failed', endedAt: context.clock.now(), statusReason: error.code },
  })
}

async function planRecurrence(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<void> {
  const next = nextRecurrence(context, scope, campaign, run)
  if (next === null) return
  const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
  const newRun = startRun(context, campaign, next)
  if (runs.some(({ occurrence }) => occurrence === newRun.occurrence)) return
  await changeCampaign(context, scope, campaign, { action: 'recur', fields: {}, run: newRun })
}
