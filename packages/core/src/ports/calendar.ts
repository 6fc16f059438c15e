import type { Instant } from '../base/time.js'

/** Wall-clock time in time zones. */
export interface Calendar {
  /** Whether this runtime knows the IANA zone. */
  isZone(zone: string): boolean
  /**
   * The instant of a wall-clock time such as `2026-12-01T09:00`; one that a clock change skips is the instant as far
   * after the gap, one that it repeats is its first.
   */
  toInstant(local: string, zone: string): Instant
  /** The wall-clock time of an instant: `2026-12-01T09:00:30`. */
  toLocal(instant: Instant, zone: string): string
  /** A date `2026-12-01` moved by whole days or months (clamped to the end of the month). */
  shiftDate(date: string, by: { readonly days?: number; readonly months?: number }): string
}
