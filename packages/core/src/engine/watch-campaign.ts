import { authorize } from '../access/policy.js'
import { isCampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import { type DurationMs, SECOND_MS } from '../base/time.js'
import { hasEnded } from '../model/campaign-status.js'
import type { Progress } from '../model/progress.js'
import type { Scope } from '../model/scope.js'
import type { ProgressMeter } from '../reporting/progress-meter.js'
import { type CallOptions, signalOf } from './call-options.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { followSignal } from './follow-signal.js'
import { measureProgress, meterOf } from './progress.js'

/** How often a storage is asked that does not announce changes, or not all of them. */
const POLL_MS: DurationMs = SECOND_MS

/**
 * The progress of a campaign, each time it has changed, until it has ended and every delivery is settled; then, or
 * when the signal aborts, the iteration ends.
 *
 * @throws CAMPAIGN_NOT_FOUND, FORBIDDEN
 */
export async function* watchCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  call: CallOptions = {},
): AsyncGenerator<Progress> {
  authorize(context.access, scope, 'campaign.read')
  const own = followSignal(signalOf(call) ?? new AbortController().signal)
  try {
    yield* changesUntilAborted(context, scope, id, own.signal)
  } finally {
    own.end()
  }
}

async function* changesUntilAborted(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  const { announcements } = context.storage
  let meter: ProgressMeter | null = null
  let last: Progress | null = null
  while (!signal.aborted) {
    const seen = (await announcements?.sequence(scope, id)) ?? 0
    const campaign = await requireCampaign(context, scope, id)
    meter ??= meterOf(context, scope, campaign.id)
    const progress = await measureProgress(context, scope, campaign, meter)
    if (last === null || isNews(last, progress)) yield progress
    last = progress
    if (hasEnded(progress.status) && progress.settled === progress.total) return
    try {
      await nextChange(context, scope, id, seen, signal)
    } catch (thrown) {
      if (isCampaignKitError(thrown, 'ABORTED')) return
      throw thrown
    }
  }
}

/** Waits until something has changed, or may have. @throws ABORTED */
async function nextChange(
  { storage: { announcements }, clock }: EngineContext,
  scope: Scope,
  id: CampaignId,
  seen: number,
  signal: AbortSignal,
): Promise<void> {
  if (announcements?.complete === true) return announcements.changed(scope, id, seen, signal)
  if (announcements === null) return clock.sleepUntil(clock.now() + POLL_MS, { signal })
  const either = new AbortController()
  const over = () => either.abort(signal.reason)
  signal.addEventListener('abort', over)
  const waits = [
    clock.sleepUntil(clock.now() + POLL_MS, either),
    announcements.changed(scope, id, seen, either.signal),
  ]
  try {
    await Promise.race(waits)
  } finally {
    signal.removeEventListener('abort', over)
    over()
    await Promise.allSettled(waits)
  }
}

function isNews(before: Progress, now: Progress): boolean {
  return before.status !== now.status || before.total !== now.total || before.settled !== now.settled
}
