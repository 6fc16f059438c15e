import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { BlockBench } from './bench.js'

const RESOLUTION_MS = 1

/** How long other work of the process waits at the longest, in milliseconds. */
export async function longestBlockMs(bench: BlockBench): Promise<number> {
  const work = await bench.prepare()
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  await turn()
  await work()
  await turn()
  delay.disable()
  return delay.max / 1e6 - RESOLUTION_MS
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
