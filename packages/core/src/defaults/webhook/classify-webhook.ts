import { type Instant, MINUTE_MS } from '../../base/time.js'
import type { SendResult } from '../../ports/channel.js'
import type { WebhookAnswer } from './post-webhook.js'
import { restAskedFor } from './rest-asked-for.js'

/** How long an account rests that was told to slow down, but not for how long. */
const REST_MS = MINUTE_MS

/** What a status says that is no success, of one message and of several in one request. */
type StatusMeaning = 'transient' | 'permanent' | 'throttled' | 'misconfigured' | 'unknown'

/** Statuses that say something else than their class does. */
const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  401: 'misconfigured',
  402: 'misconfigured',
  403: 'misconfigured',
  404: 'misconfigured',
  405: 'misconfigured',
  406: 'misconfigured',
  407: 'misconfigured',
  // the request did not arrive whole
  408: 'transient',
  // a first request with the same key is still being worked on
  409: 'transient',
  410: 'misconfigured',
  415: 'misconfigured',
  421: 'transient',
  425: 'transient',
  426: 'misconfigured',
  429: 'throttled',
  501: 'misconfigured',
  // a server that does not take requests has not worked on this one
  503: 'transient',
  505: 'misconfigured',
}

/**
 * What becomes of the messages of a request that has no success for an answer. A refusal of several messages at once
 * does not tell which of them is wrong: it pauses the campaign rather than to fail them all.
 *
 * @param answer - no success
 * @param messages - of the request, 1 or more
 */
export function resultOfFailure(answer: WebhookAnswer, messages: number, now: Instant): SendResult {
  if (answer.outcome === 'lost') return { outcome: 'unknown', code: `webhook-${answer.code}` }
  if (answer.outcome === 'notSent') {
    const code = `webhook-${answer.code}`
    return answer.isCertificate ? { outcome: 'misconfigured', code } : { outcome: 'transient', code }
  }
  const { status, headers } = answer
  const code = `webhook-${status}`
  const waitMs = restAskedFor(headers, now)
  switch (meaningOf(status)) {
    case 'throttled':
      return { outcome: 'throttled', code, retryAfterMs: waitMs ?? REST_MS }
    case 'transient':
      // the whole service asks for time, not this message
      if (status === 503 && waitMs !== null) return { outcome: 'throttled', code, retryAfterMs: waitMs }
      return waitMs === null
        ? { outcome: 'transient', code }
        : { outcome: 'transient', code, retryAfterMs: waitMs }
    case 'permanent':
      return messages === 1 ? { outcome: 'permanent', code } : { outcome: 'misconfigured', code }
    case 'misconfigured':
      return { outcome: 'misconfigured', code }
    default:
      return { outcome: 'unknown', code }
  }
}

function meaningOf(status: number): StatusMeaning {
  const known = MEANINGS[status]
  if (known !== undefined) return known
  if (status >= 400 && status < 500) return 'permanent'
  // a redirect, which is 0 where the platform hides it
  return status < 400 ? 'misconfigured' : 'unknown'
}
