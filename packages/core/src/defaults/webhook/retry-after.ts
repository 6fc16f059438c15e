import { DAY_MS, type DurationMs, type Instant, SECOND_MS } from '../../base/time.js'

/**
 * How long a `Retry-After` field asks to wait (RFC 9110, section 10.2.3): seconds or a date.
 *
 * @returns 1 second to 1 day; null when the field is absent or says nothing
 */
export function retryAfterMs(headers: Headers, now: Instant): DurationMs | null {
  const field = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(field)) return bounded(Number(field) * SECOND_MS)
  const date = /^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(field)
    ? Date.parse(field)
    : Number.NaN
  return Number.isNaN(date) ? null : bounded(date - now)
}

function bounded(ms: DurationMs): DurationMs {
  return Math.min(DAY_MS, Math.max(SECOND_MS, ms))
}
