import process from 'node:process'
import { setTimeout } from 'node:timers/promises'

/** What a process has resident, in MB. */
export interface ResidentMemory {
  /** At most, garbage and all, since it began. */
  readonly peakMb: number
  /** Once all that it does not need any more has been given back. */
  readonly neededMb: number
}

/** Given back by the collector in the background, some time after it has collected. */
const GIVEN_BACK_MS = 1_500

/** What this process has resident at the end of its work; it is to run with `--expose-gc`. */
export async function residentMemory(): Promise<ResidentMemory> {
  // Node gives kilobytes on every system
  const peakMb = process.resourceUsage().maxRSS / 1_024
  globalThis.gc?.()
  await setTimeout(GIVEN_BACK_MS)
  globalThis.gc?.()
  return { peakMb, neededMb: process.memoryUsage().rss / 1_048_576 }
}

/** Arguments of Node for a process that is measured: its heap takes so many MB at most, or what Node finds right for the machine. */
export function measuredArguments(heapMb: number | null): readonly string[] {
  return ['--expose-gc', ...(heapMb === null ? [] : [`--max-old-space-size=${heapMb}`])]
}
