import { authorize } from '../access/policy.js'
import { isCampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import { type DurationMs, SECOND_MS } from '../base/time.js'
import { hasEnded } from '../model/campaign-status.js'
import type { Progress } from '../model/progress.js'
import type { Scope } from '../model/scope.js'
import { type CallOptions, signalOf } from './call-options.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { measureProgress } from './progress.js'

/** How often a storage that does not announce changes is asked. */
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
  const signal = signalOf(call) ?? new AbortController().signal
  const { announcements } = context.storage
  let last: Progress | null = null
  while (!signal.aborted) {
    const seen = (await announcements?.sequence(scope, id)) ?? 0
    const progress = await measureProgress(context, scope, await requireCampaign(context, scope, id))
    if (last === null || isNews(last, progress)) yield progress
    last = progress
    if (hasEnded(progress.status) && progress.settled === progress.total) return
    try {
      if (announcements === null) await context.clock.sleepUntil(context.clock.now() + POLL_MS, { signal })
      else await announcements.changed(scope, id, seen, signal)
    } catch (thrown) {
      if (isCampaignKitError(thrown, 'ABORTED')) return
      throw thrown
    }
  }
}

function isNews(before: Progress, now: Progress): boolean {
  return before.status !== now.status || before.total !== now.total || before.settled !== now.settled
}
