import type { DurationMs } from '@campaignkit/core/adapter'

/**
 * Waits so long on the wall, whatever the kit's own clock says, but no longer than until something is over; keeps no process
 * alive that has nothing else to do.
 */
export function pause(ms: DurationMs, over?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      over?.removeEventListener('abort', wake)
      resolve()
    }
    AbortSignal.timeout(ms).addEventListener('abort', wake, { once: true })
    over?.addEventListener('abort', wake)
    if (over?.aborted === true) wake()
  })
}

/** The same for somebody who waits for the end of it: the process stays alive. */
export async function wait(ms: DurationMs): Promise<void> {
  const { port1 } = new MessageChannel()
  // a port that may hear something is work to be done
  port1.ref()
  await pause(ms)
  port1.close()
}
