import { authorize } from '../access/policy.js'
import type { CampaignId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import { hasEnded } from '../model/campaign-status.js'
import { DELIVERY_STATUSES, isSettled } from '../model/delivery.js'
import type { DeliveryCounts, Progress } from '../model/progress.js'
import type { Scope } from '../model/scope.js'
import { createProgressMeter, type ProgressMeter } from '../reporting/progress-meter.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'

/** Campaigns whose rate a process remembers beside those that are watched; the one that was asked for longest ago goes first. */
const MOST_METERS = 200

const meters = new WeakMap<EngineContext, Map<string, ProgressMeter>>()

/** Remembers how fast campaigns settled in this process's eyes. */
export function meterOf(context: EngineContext, scope: Scope, id: CampaignId): ProgressMeter {
  const kept = meters.get(context) ?? new Map<string, ProgressMeter>()
  meters.set(context, kept)
  const key = `${scope.tenant} ${id}`
  const meter = kept.get(key) ?? createProgressMeter()
  kept.delete(key)
  kept.set(key, meter)
  const oldest = kept.size > MOST_METERS ? kept.keys().next().value : undefined
  if (oldest !== undefined) kept.delete(oldest)
  return meter
}

/** How far a campaign has come. @throws CAMPAIGN_NOT_FOUND, FORBIDDEN */
export async function progressOf(context: EngineContext, scope: Scope, id: CampaignId): Promise<Progress> {
  authorize(context.access, scope, 'campaign.read')
  return measureProgress(context, scope, await requireCampaign(context, scope, id))
}

/** The progress of a campaign as it stands in the storage. @param meter - of those who go on asking, however many they are */
export async function measureProgress(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  meter = meterOf(context, scope, campaign.id),
): Promise<Progress> {
  const counts = await context.storage.deliveries.counts(scope, campaign.id)
  const total = sumOf(counts, () => true)
  const settled = sumOf(counts, isSettled)
  const at = context.clock.now()
  const isAwaited = total > 0 && settled === total && (await goesOn(context, scope, campaign))
  const { ratePerMinute, etaMs } = meter.update(at, settled, total)
  return {
    campaignId: campaign.id,
    status: campaign.status,
    at,
    total,
    settled,
    counts,
    share: total === 0 ? 0 : settled / total,
    ratePerMinute,
    etaMs: endOf(campaign.status, settled === total, isAwaited ? null : etaMs),
  }
}

/** Whether a run is still to come: that of the next occurrence, or the one that waits for the verdict. */
async function goesOn(context: EngineContext, scope: Scope, { id, status }: Campaign): Promise<boolean> {
  if (hasEnded(status)) return false
  const runs = await context.storage.campaigns.runsOf(scope, id)
  return runs.some(({ status: run, freeze }) => run === 'open' && freeze.phase !== 'frozen')
}

/** Nobody knows when a paused campaign goes on. */
function endOf(
  status: Campaign['status'],
  isSettledWhole: boolean,
  etaMs: Progress['etaMs'],
): Progress['etaMs'] {
  if (hasEnded(status) && isSettledWhole) return 0
  return status === 'paused' ? null : etaMs
}

function sumOf(
  counts: DeliveryCounts,
  isCounted: (status: (typeof DELIVERY_STATUSES)[number]) => boolean,
): number {
  return DELIVERY_STATUSES.filter(isCounted).reduce((sum, status) => sum + counts[status], 0)
}

/** Tells the listeners of this process how far a campaign has come. @returns the campaign as it stands */
export async function publishProgress(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
): Promise<Campaign> {
  const current = (await context.storage.campaigns.get(scope, campaign.id)) ?? campaign
  context.observer.emit('campaign.progress', {
    scope,
    progress: await measureProgress(context, scope, current),
  })
  return current
}
