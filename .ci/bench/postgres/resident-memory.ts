import process from 'node:process'
import { setTimeout } from 'node:timers/promises'

/** Given back by the collector in the background, some time after it has collected. */
const GIVEN_BACK_MS = 1_500

/** What this process has resident once all that it does not need any more has been given back, in MB. */
export async function neededMb(): Promise<number> {
  globalThis.gc?.()
  await setTimeout(GIVEN_BACK_MS)
  globalThis.gc?.()
  return process.memoryUsage().rss / 1_048_576
}
