import type { Instant } from '../base/time.js'

/** Time, as the kit knows it. Nothing else in the kit asks what time it is or waits. */
export interface Clock {
  now(): Instant
  /**
   * Waits until `now()` is at least `instant`; at once when it is.
   *
   * @throws ABORTED as soon as the signal aborts
   */
  sleepUntil(instant: Instant, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /**
   * Lets whatever else waits in the process go first, its input and output among it. The kit calls it between portions
   * of a set, since a storage in memory answers without ever letting go of the event loop.
   */
  turn(): Promise<void>
}
