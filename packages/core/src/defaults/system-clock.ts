import { CampaignKitError } from '../base/error.js'
import { type Instant, MINUTE_MS } from '../base/time.js'
import type { Clock } from '../ports/clock.js'

/**
 * The clock of the machine.
 *
 * A wait is cut into steps of at most a minute: a timer cannot be longer than 24.8 days, and a clock that was set, or
 * a machine that slept, is noticed within one step. A waiting timer keeps the process alive.
 */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    async sleepUntil(instant, options = {}) {
      refuseAborted(options.signal)
      while (Date.now() < instant) await step(instant, options.signal)
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

function step(instant: Instant, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(aborted(signal))
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      },
      Math.min(instant - Date.now(), MINUTE_MS),
    )
    signal?.addEventListener('abort', abort, { once: true })
  })
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}

function aborted(signal: AbortSignal | undefined): CampaignKitError {
  return new CampaignKitError('ABORTED', 'The wait was aborted', { cause: signal?.reason })
}
