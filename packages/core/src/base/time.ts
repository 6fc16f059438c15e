/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** A length of time in whole milliseconds. */
export type DurationMs = number

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** The instant as ISO 8601 in UTC, such as `2026-03-01T09:00:00.000Z`. */
export function toIso(instant: Instant): string {
  return new Date(instant).toISOString()
}
