import { CampaignKitError } from '../base/error.js'
import type { RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { hasEnded } from '../model/campaign-status.js'
import { goingOn, isOver, runGoingOn } from '../model/going-on.js'
import type { Scope } from '../model/scope.js'
import type { Continuation } from '../ports/storage/delivery-store.js'
import type { EngineContext } from './context.js'

/**
 * Why nothing more may be sent for a campaign: its end date has come, or it was stopped, cancelled or failed. Null for
 * one that goes on, or that completed by having sent all: then a person may still give it something to send.
 */
export function whyOver(campaign: Campaign, now: Instant): CampaignKitError | null {
  if (!isOver(campaign, now)) return null
  const { status, statusReason, content } = campaign
  if (content.endsAt !== undefined && content.endsAt <= now)
    return new CampaignKitError('CAMPAIGN_ENDED', 'endsAt: the campaign is past its end', { path: 'endsAt' })
  return new CampaignKitError('CAMPAIGN_ENDED', `The campaign is ${status}: it sends nothing more`, {
    details: { status, statusReason },
  })
}

/**
 * A campaign and runs of it in their next versions, going on: the worker that is about to end one of them finds its
 * version taken, and looks again.
 *
 * @throws VERSION_CONFLICT when a worker is just ending a run whose campaign it has completed
 */
export async function continuationOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  runIds: ReadonlySet<RunId>,
): Promise<Continuation> {
  const ended = hasEnded(campaign.status)
  const runs = (await context.storage.campaigns.runsOf(scope, campaign.id)).filter(({ id }) => runIds.has(id))
  if (ended && runs.some(({ status }) => status === 'open'))
    throw new CampaignKitError('VERSION_CONFLICT', 'The run is just being ended', { retry: 'later' })
  return { campaign: goingOn(campaign, context.clock.now()), runs: runs.map(runGoingOn) }
}
