import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { CampaignAction } from '../model/campaign-status.js'
import { textSchema } from '../model/fields.js'
import { checkInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import {
  type CampaignChange,
  changeCampaign,
  requireCampaign,
  requireTransition,
  requireVersion,
  retryOnConflict,
} from './change-campaign.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'

const reasonSchema = textSchema(2_000).optional()

/**
 * Stops sending within one chunk; what is under way is finished.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, VERSION_CONFLICT
 */
export async function pauseCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  reason?: string,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.control')
  checkInput(reasonSchema, reason, 'reason')
  return decide(context, scope, id, {
    action: 'pause',
    reason,
    fields: { status: 'paused', statusReason: reason ?? null },
  })
}

/** Moves a campaign whatever the worker does to it at the same time, as long as the table allows it. */
function decide(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  change: CampaignChange & { readonly action: CampaignAction },
): Promise<Campaign> {
  return retryOnConflict(async () => {
    const campaign = await requireCampaign(context, scope, id)
    requireTransition(campaign, change.action)
    return changeCampaign(context, scope, campaign, change)
  })
}

/**
 * Goes on where a paused campaign stood; nobody is written to twice.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, CAMPAIGN_OUTSIDE_DATES, VERSION_CONFLICT
 */
export async function resumeCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.control')
  const campaign = await requireCampaign(context, scope, id)
  requireTransition(campaign, 'resume')
  const now = context.clock.now()
  const { endsAt } = campaign.content
  if ((endsAt !== undefined && endsAt <= now) || (campaign.startsAt !== null && campaign.startsAt > now)) {
    throw new CampaignKitError(
      'CAMPAIGN_OUTSIDE_DATES',
      'A campaign resumes only between its start and its end',
      {
        path: endsAt !== undefined && endsAt <= now ? 'endsAt' : 'startsAt',
      },
    )
  }
  const runs = await context.storage.campaigns.runsOf(scope, id)
  const begun = runs.some(({ freeze }) => freeze.phase === 'frozen')
  const resumed = await changeCampaign(context, scope, campaign, {
    action: 'resume',
    fields: { status: begun ? 'active' : 'preparing', statusReason: null },
  })
  await ringAll(context, scope, resumed)
  return resumed
}

/**
 * Ends a campaign early; what is not sent yet is cancelled, what was sent goes on being counted.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, VERSION_CONFLICT
 */
export async function stopCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  reason?: string,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.control')
  checkInput(reasonSchema, reason, 'reason')
  const stopped = await decide(context, scope, id, {
    action: 'stop',
    reason,
    fields: { status: 'completed', endedAt: context.clock.now(), statusReason: reason ?? 'stopped' },
  })
  await ringAll(context, scope, stopped)
  return stopped
}

/**
 * Cancels a campaign: what is not sent is cancelled, its coupons are no longer taken.
 *
 * @param justification - kept in the journal; at least one character that is not blank
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, CAMPAIGN_JUSTIFICATION_REQUIRED, VERSION_CONFLICT
 */
export async function cancelCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  justification: string,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.control')
  if (typeof justification !== 'string' || justification.trim() === '') {
    throw new CampaignKitError('CAMPAIGN_JUSTIFICATION_REQUIRED', 'justification: must say why', {
      path: 'justification',
    })
  }
  checkInput(reasonSchema, justification, 'justification')
  const cancelled = await decide(context, scope, id, {
    action: 'cancel',
    reason: justification,
    fields: { status: 'cancelled', endedAt: context.clock.now(), statusReason: justification },
  })
  await cancelCoupons(context, scope, cancelled)
  await ringAll(context, scope, cancelled)
  return cancelled
}

/** Takes the coupons of a cancelled campaign out of use. */
export async function cancelCoupons(
  context: EngineContext,
  scope: Scope,
  { id, endedAt, statusReason }: Campaign,
): Promise<void> {
  const entry = journalEntry(context, scope, {
    action: 'coupons.cancel',
    subject: { type: 'campaign', id },
    reason: statusReason ?? undefined,
  })
  await context.storage.coupons.cancel(scope, id, endedAt ?? context.clock.now(), entry)
}

async function ringAll(context: EngineContext, scope: Scope, { id, content }: Campaign): Promise<void> {
  const now = context.clock.now()
  for (const run of await context.storage.campaigns.runsOf(scope, id)) {
    if (run.status === 'open') await context.queue.ring(scope, run.id, now, content.priority)
  }
}

/**
 * Takes a scheduled campaign back to a draft; its run will not begin.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, VERSION_CONFLICT
 */
export async function unscheduleCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.launch')
  const campaign = await requireCampaign(context, scope, id)
  requireTransition(campaign, 'unschedule')
  const { campaigns } = context.storage
  const runs = await campaigns.runsOf(scope, id)
  const draft = await changeCampaign(context, scope, campaign, {
    action: 'unschedule',
    fields: {
      status: 'draft',
      digest: null,
      pinnedAudience: null,
      pinnedStrata: null,
      placements: [],
      startsAt: campaign.content.startsAt ?? null,
    },
  })
  // after the campaign, so that a crash in between leaves a draft, whose run does not begin either
  const endedAt = context.clock.now()
  for (const run of runs) {
    await campaigns.updateRun(
      scope,
      { ...run, status: 'ended', endedAt, version: run.version + 1 },
      run.version,
    )
  }
  return draft
}

/**
 * Puts a campaign that is not under way out of the lists.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, VERSION_CONFLICT
 */
export async function archiveCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.write')
  const campaign = await requireCampaign(context, scope, id)
  requireTransition(campaign, 'archive')
  if (campaign.archivedAt !== null) return campaign
  return changeCampaign(context, scope, campaign, {
    action: 'archive',
    fields: { archivedAt: context.clock.now() },
  })
}

/**
 * Deletes a campaign of which nothing was ever counted, and nothing is under way that would be.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, CAMPAIGN_HAS_EVENTS, VERSION_CONFLICT
 */
export async function deleteCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  expectedVersion: number,
): Promise<void> {
  authorize(context.access, scope, 'campaign.write')
  const campaign = await requireCampaign(context, scope, id)
  requireVersion(campaign, expectedVersion)
  requireTransition(campaign, 'delete')
  const events = await context.storage.events.list(scope, id, {}, { cursor: null, limit: 1 })
  if (events.items.length > 0) {
    throw new CampaignKitError(
      'CAMPAIGN_HAS_EVENTS',
      'A campaign with events cannot be deleted; archive it instead',
    )
  }
  const entry = journalEntry(context, scope, {
    action: 'campaign.delete',
    subject: { type: 'campaign', id },
    before: { name: campaign.content.name, status: campaign.status },
  })
  await context.storage.campaigns.delete(scope, id, campaign.version, entry)
}
