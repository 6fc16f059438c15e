import { DAY_MS, type Instant, retryAfterMs, SECOND_MS } from '@campaignkit/core/adapter'

export interface RateLimitHeaders {
  get(name: string): string | null
}

/** Unix seconds are above this; a smaller number can only be seconds from now. */
const LEAST_UNIX_SECONDS = 1_000_000_000

/**
 * How long the account must hold still by what the Web API says with an answer, at least a second and at most a day:
 * Retry-After, or X-RateLimit-Reset once no request remains. Null when it need not, or nothing is said.
 */
export function pauseOf(status: number, headers: RateLimitHeaders, now: Instant): number | null {
  const isUsedUp = status === 429 || headers.get('x-ratelimit-remaining')?.trim() === '0'
  const retryAfter = retryAfterMs(headers.get('retry-after'), now)
  const named = retryAfter ?? (isUsedUp ? resetMs(headers, now) : null)
  if (named === null || (status < 300 && !isUsedUp)) return null
  return Math.min(Math.max(Math.ceil(named), SECOND_MS), DAY_MS)
}

/** The instant at which requests remain again, in Unix seconds: by the server's own clock where it shows it. */
function resetMs(headers: RateLimitHeaders, now: Instant): number | null {
  const seconds = Number(headers.get('x-ratelimit-reset')?.trim() || Number.NaN)
  if (Number.isNaN(seconds)) return null
  if (seconds < LEAST_UNIX_SECONDS) return seconds * SECOND_MS
  const theirs = Date.parse(headers.get('date') ?? '')
  return seconds * SECOND_MS - (Number.isNaN(theirs) ? now : theirs)
}
