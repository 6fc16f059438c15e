import type { DurationMs } from '@campaignkit/core/adapter'

/** Waits so long on the wall, whatever the kit's own clock says; keeps no process alive that has nothing else to do. */
export function pause(ms: DurationMs): Promise<void> {
  return new Promise((resolve) => {
    AbortSignal.timeout(ms).addEventListener('abort', () => resolve(), { once: true })
  })
}
