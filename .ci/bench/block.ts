import { readFileSync } from 'node:fs'
import type { BlockBench } from './bench.js'

/** Milliseconds of the processor that the one thread of the event loop has had; where the system does not tell, all threads. */
const processorMs: () => number =
  process.platform === 'linux'
    ? () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
    : () => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1_000
      }

/**
 * How long other work of the process waits at the longest, in milliseconds of processor time: what lies between two
 * turns of the event loop.
 */
export async function longestBlockMs(bench: BlockBench): Promise<number> {
  const work = await bench.prepare()
  let longest = 0
  let isOver = false
  let last = processorMs()
  const turn = () => {
    longest = Math.max(longest, processorMs() - last)
    last = processorMs()
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await new Promise(setImmediate)
  await work()
  await new Promise(setImmediate)
  isOver = true
  return longest
}
