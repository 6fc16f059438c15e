import type { DurationMs } from '@campaignkit/core/adapter'

/** Waits so long on the wall, whatever the kit's own clock says; keeps no process alive that has nothing else to do. */
export function pause(ms: DurationMs): Promise<void> {
  return new Promise((resolve) => {
    AbortSignal.timeout(ms).addEventListener('abort', () => resolve(), { once: true })
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
