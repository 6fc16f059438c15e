import { retryAfterMs } from '../../base/retry-after.js'
import { DAY_MS, type DurationMs, type Instant, SECOND_MS } from '../../base/time.js'

/** How long an answer asks to be left alone by its `Retry-After`: 1 second to 1 day; null when it does not. */
export function restAskedFor(headers: Headers, now: Instant): DurationMs | null {
  const waitMs = retryAfterMs(headers.get('retry-after'), now)
  return waitMs === null ? null : Math.min(DAY_MS, Math.max(SECOND_MS, waitMs))
}
