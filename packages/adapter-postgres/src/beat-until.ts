import { POLL_MS } from './doorbell-times.js'
import type { GraphileHandler } from './graphile-handler.js'
import { pause } from './pause.js'

/** Says every second who is alive, and rings for the runs of those who are not, until it has ended. */
export async function beatUntil(handler: Pick<GraphileHandler, 'beat'>, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    // a database that is away is asked again
    await handler.beat().catch(() => undefined)
    await pause(POLL_MS, ended)
  }
}
