import { HOUR_MS, type Instant, toIso } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { RECIPIENT_ZONE } from '../model/schedule.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import type { MessageEstimate } from './estimate-run.js'
import { conversionWindowMs } from './experiment-verdict.js'
import type { PreflightFinding } from './inspect-messages.js'
import { lastStart } from './occurrences.js'

/** From the first zone of the world in which an hour comes to the last. */
const ROUND_THE_WORLD_MS = 26 * HOUR_MS

/**
 * Whether a campaign ends before its remainder has been written to: before its experiment can be decided, or before the
 * messages that follow are all sent. Reckoned from estimates, so a warning; what `endsAt` cuts off is never sent.
 *
 * @param start - of the first run
 * @param first - what a run sends before the verdict
 * @param remainder - what follows it; null when nobody waits
 */
export function rolloutFindings(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  start: Instant,
  first: MessageEstimate,
  remainder: MessageEstimate | null,
): readonly PreflightFinding[] {
  const { endsAt } = campaign.content
  if (remainder === null || endsAt === undefined) return []
  const decidedAt = decidableAt(context, scope, campaign, start, first)
  const warning = { severity: 'warning', path: 'endsAt' } as const
  if (endsAt <= decidedAt) {
    const message = `The experiment can be decided at ${toIso(decidedAt)}: the campaign ends before, and the remainder gets nothing`
    return [{ ...warning, code: 'endsBeforeVerdict', message }]
  }
  const sentAt = decidedAt + longestOf(remainder)
  if (endsAt >= sentAt) return []
  const message = `The remainder has been written to at ${toIso(sentAt)}: the campaign ends before, and some get nothing`
  return [{ ...warning, code: 'endsBeforeRollout', message }]
}

/**
 * When the verdict can decide: the members of a run have had the conversion window; of the last one, where it looks once
 * when all results are in.
 */
function decidableAt(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  start: Instant,
  first: MessageEstimate,
): Instant {
  const { schedule, experiment } = campaign.content
  const begins = experiment?.decision === 'fixed' ? lastStart(context, scope, campaign.content, start) : start
  const spreadMs = schedule?.zone === RECIPIENT_ZONE ? ROUND_THE_WORLD_MS : 0
  return begins + spreadMs + longestOf(first) + conversionWindowMs(campaign)
}

function longestOf({ durationMs }: MessageEstimate): number {
  return Math.max(0, ...Object.values(durationMs))
}
