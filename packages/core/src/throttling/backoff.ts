import { CampaignKitError } from '../base/error.js'
import { type DurationMs, HOUR_MS, SECOND_MS } from '../base/time.js'
import { uniform } from './uniform.js'

/** When to try again. */
export interface BackoffRequest {
  /** Tries that have failed so far, from 1. */
  readonly tries: number
  /** A number from 0 up to, but not 1, or random bytes for {@link uniform}. */
  readonly random: number | Uint8Array
  /** @default 30,000 */
  readonly baseMs?: DurationMs
  /** @default 3,600,000 */
  readonly capMs?: DurationMs
}

/**
 * How long to wait before the next try: exponential backoff with full jitter, any whole number of milliseconds from 0
 * to `min(capMs, baseMs * 2^(tries - 1))` being as likely.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015, "Full Jitter".
 *
 * @throws INVALID_INPUT when `tries` is not a whole number from 1, or `random` is not from 0 up to 1
 */
export function backoffMs({
  tries,
  random,
  baseMs = 30 * SECOND_MS,
  capMs = HOUR_MS,
}: BackoffRequest): DurationMs {
  if (!Number.isInteger(tries) || tries < 1) {
    throw new CampaignKitError('INVALID_INPUT', 'expected a whole number from 1', { path: 'tries' })
  }
  const share = typeof random === 'number' ? random : uniform(random)
  if (!(share >= 0 && share < 1)) {
    throw new CampaignKitError('INVALID_INPUT', 'expected a number from 0 up to 1', { path: 'random' })
  }
  const ceiling = Math.floor(Math.min(capMs, baseMs * 2 ** (tries - 1)))
  return Math.floor(share * (ceiling + 1))
}
