import type { Instant } from '../base/time.js'
import type { EngineContext } from './context.js'
import { followSignal } from './follow-signal.js'

/** Sleeps; false when the signal aborts before or meanwhile. */
export async function sleepUnlessStopped(
  { clock }: Pick<EngineContext, 'clock'>,
  until: Instant,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (signal?.aborted === true) return false
  if (until <= clock.now()) return true
  const sleep = signal === undefined ? null : followSignal(signal)
  try {
    await clock.sleepUntil(until, { signal: sleep?.signal })
    return true
  } catch (thrown) {
    if (signal?.aborted) return false
    throw thrown
  } finally {
    sleep?.end()
  }
}
