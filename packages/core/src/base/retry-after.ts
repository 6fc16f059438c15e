import { type DurationMs, type Instant, SECOND_MS } from './time.js'

/**
 * How long a `Retry-After` field asks to wait (RFC 9110, section 10.2.3): seconds, which some write with a fraction, or a date.
 *
 * @returns in milliseconds, 0 or less for a date that has passed; null when the field is absent or says nothing
 */
export function retryAfterMs(field: string | null, now: Instant): DurationMs | null {
  const text = field?.trim() ?? ''
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Math.ceil(Number(text) * SECOND_MS)
  const date = /^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  return Number.isNaN(date) ? null : date - now
}
