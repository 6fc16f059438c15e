import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId, RunId } from '../base/ids.js'
import { DAY_MS, type Instant } from '../base/time.js'
import { type Campaign, variantsOf } from '../model/campaign.js'
import { textSchema } from '../model/fields.js'
import { checkInput } from '../model/parse.js'
import { isRolloutRun, ROLLOUT_OCCURRENCE, type Rollout } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { Verdict } from '../model/verdict.js'
import { changeCampaign, requireCampaign, requireTransition, retryOnConflict } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { judgeCampaign, maturityOf, readRunArms } from './experiment-verdict.js'
import { rolloutArmOf } from './rollout-arm.js'

/**
 * How long at most until the verdict is asked for again. Also before the results are in: the decision of a person whose
 * process died before it woke the run is found then.
 */
const LOOK_AGAIN_MS = DAY_MS

/** What a person decides about the remainder. */
export interface RollOutOptions {
  /** A variant of the campaign. */
  readonly arm: string
  /** Kept in the journal. */
  readonly reason: string
}

/** The run that will write to the remainder of a campaign, or null when there is none or it is planned already. */
export async function rolloutRunFor(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  ended: Run,
): Promise<Run | null> {
  if ((campaign.content.experiment?.remainder ?? 0) === 0 || campaign.rollout !== null) return null
  const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
  if (runs.some(isRolloutRun)) return null
  const { remainder } = await context.storage.audience.counts(scope, ended.id)
  if (remainder === 0) return null
  const now = context.clock.now()
  const maturity = maturityOf(
    campaign,
    runs.map((run) => (run.id === ended.id ? { ...run, firstEndedAt: run.firstEndedAt ?? now } : run)),
  )
  return plannedRollout(context, campaign, nextLook(maturity, now))
}

function plannedRollout(context: EngineContext, campaign: Campaign, at: Instant): Run {
  return {
    id: context.ids.next('run') as RunId,
    campaignId: campaign.id,
    occurrence: ROLLOUT_OCCURRENCE,
    scheduledFor: at,
    freeze: { phase: 'matching', after: null, scanned: 0 },
    status: 'open',
    version: 1,
    createdAt: context.clock.now(),
    endedAt: null,
    firstEndedAt: null,
  }
}

/**
 * Asks for the verdict and gives the remainder its arm, once: the arm stands in the campaign with the journal entry,
 * and whoever comes second meets another version of it. Undecided, the run looks again a day later, or as soon as the
 * results are in, if that is earlier.
 *
 * @returns when to go on with the run
 */
export async function lookForWinner(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<Instant> {
  const now = context.clock.now()
  const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
  const verdict = await verdictNow(context, scope, campaign, runs)
  const arm = rolloutArmOf(campaign, verdict)
  if (arm !== null) {
    await decideRollout(context, scope, campaign, { arm, decidedBy: 'verdict', verdict }, verdict.sentence)
    return now
  }
  const next = nextLook(maturityOf(campaign, runs), now)
  await moveRun(context, scope, run, next)
  return next
}

/** When the results are in, if that is soon. */
function nextLook(maturity: Instant | null, now: Instant): Instant {
  const again = now + LOOK_AGAIN_MS
  return maturity !== null && maturity > now ? Math.min(maturity, again) : again
}

async function verdictNow(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  runs: readonly Run[],
): Promise<Verdict> {
  const counters = await context.storage.events.counters(scope, campaign.id)
  const runArms = await readRunArms(context, scope, runs)
  return judgeCampaign(campaign, runArms, counters, context.clock.now()).verdict
}

interface Decision extends Pick<Rollout, 'arm' | 'decidedBy'> {
  readonly verdict: Verdict
}

function decideRollout(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  { arm, decidedBy, verdict }: Decision,
  reason: string,
  newRun?: Run,
): Promise<Campaign> {
  const { outcome, dataDigest } = verdict
  const rollout: Rollout = { arm, decidedBy, at: context.clock.now(), outcome, dataDigest }
  return changeCampaign(context, scope, campaign, {
    action: 'roll-out',
    fields: { rollout },
    reason,
    ...(newRun === undefined ? {} : { run: newRun }),
  })
}

async function moveRun(context: EngineContext, scope: Scope, run: Run, scheduledFor: Instant): Promise<void> {
  const moved = { ...run, scheduledFor, version: run.version + 1 }
  await context.storage.campaigns.updateRun(scope, moved, run.version)
}

const rollOutSchema = z.strictObject({ arm: z.string().max(64), reason: textSchema(2_000) })

/**
 * Gives the remainder of a campaign its arm by the decision of a person, whatever the verdict says; from now on it is
 * written to, in the zone of the recipient at the hour of the schedule. The same decision again changes nothing.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED when the campaign is not under way or the remainder has another
 *   arm already, EXPERIMENT_INVALID with path `arm` when the campaign has no such variant or no remainder,
 *   RUN_NOT_FROZEN (retry later) while a run is being frozen, INVALID_INPUT, VERSION_CONFLICT, FORBIDDEN
 */
export async function rollOut(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  options: RollOutOptions,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.control')
  const { arm, reason } = checkInput(rollOutSchema, options)
  const decided = await retryOnConflict(async () => {
    const campaign = await requireCampaign(context, scope, id)
    if (campaign.rollout?.arm === arm) return campaign
    requireUndecided(campaign, arm)
    const runs = await context.storage.campaigns.runsOf(scope, id)
    requireFrozen(runs)
    const verdict = await verdictNow(context, scope, campaign, runs)
    const decision = { arm, decidedBy: 'person', verdict } as const
    const newRun = plannedRollout(context, campaign, context.clock.now())
    return decideRollout(context, scope, campaign, decision, reason, newRun)
  })
  await startRollout(context, scope, decided)
  return decided
}

function requireUndecided(campaign: Campaign, arm: string): void {
  if ((campaign.content.experiment?.remainder ?? 0) === 0) {
    throw new CampaignKitError('EXPERIMENT_INVALID', 'The campaign has no remainder', {
      path: 'experiment.remainder',
    })
  }
  if (!variantsOf(campaign.content).some(({ name }) => name === arm)) {
    throw new CampaignKitError('EXPERIMENT_INVALID', 'arm: no variant has this name', { path: 'arm' })
  }
  requireTransition(campaign, 'roll-out')
  if (campaign.rollout === null) return
  throw new CampaignKitError('TRANSITION_NOT_ALLOWED', 'The remainder has been given its arm already', {
    details: { arm: campaign.rollout.arm },
  })
}

/** A run that is being frozen may still put members into the remainder. */
function requireFrozen(runs: readonly Run[]): void {
  if (!runs.some(isFreezing)) return
  throw new CampaignKitError('RUN_NOT_FROZEN', 'A run of the campaign is being frozen', { retry: 'later' })
}

/** Whether the freezing of a run of the experiment has begun and not ended. */
function isFreezing(run: Run): boolean {
  const { freeze } = run
  if (isRolloutRun(run) || run.status === 'ended' || freeze.phase === 'frozen') return false
  return freeze.phase !== 'matching' || freeze.after !== null
}

/**
 * Whether another run of the campaign is to be frozen before this one. Before the rollout every run that is at it, or whose
 * time has come: whom it gives the decided arm is not written to by the rollout as well. Before a run of the experiment
 * those that came earlier: whom they give an arm is no newcomer in it.
 */
export function isFrozenBefore(run: Run, other: Run, now: Instant): boolean {
  if (other.id === run.id || other.status === 'ended' || other.freeze.phase === 'frozen') return false
  if (isRolloutRun(run)) return isFreezing(other) || other.scheduledFor <= now
  return !isRolloutRun(other) && other.scheduledFor < run.scheduledFor
}

/** Makes the run that writes to the remainder due, if it waits for a later look. */
async function startRollout(context: EngineContext, scope: Scope, { id, content }: Campaign): Promise<void> {
  const now = context.clock.now()
  await retryOnConflict(async () => {
    const run = (await context.storage.campaigns.runsOf(scope, id)).find(isRolloutRun)
    if (run === undefined || run.status === 'ended') return
    if (run.scheduledFor > now) await moveRun(context, scope, run, now)
    await context.queue.ring(scope, run.id, now, content.priority)
  })
}
