import { CampaignKitError } from '../../base/error.js'
import type { Instant } from '../../base/time.js'
import type { WebhookAnswer } from '../webhook/post-webhook.js'
import { restAskedFor } from '../webhook/rest-asked-for.js'

/** Why a sink did not take events, as the error that it throws; it holds nothing that the other end wrote. */
export function sinkFailure(answer: WebhookAnswer, now: Instant): CampaignKitError {
  const isAnswered = answer.outcome === 'answered'
  const waitMs = isAnswered ? restAskedFor(answer.headers, now) : null
  return new CampaignKitError('SINK_FAILED', 'The events were not taken', {
    details: isAnswered ? { status: answer.status } : { reason: answer.code },
    retry: waitMs === null ? 'later' : { afterMs: waitMs },
  })
}
