import type { BlockBench } from './bench.js'

/**
 * How long other work of the process waits at the longest, in milliseconds of processor time: what lies between two
 * turns of the event loop.
 */
export async function longestBlockMs(bench: BlockBench): Promise<number> {
  const work = await bench.prepare()
  let longest = 0
  let isOver = false
  let last = process.cpuUsage()
  const turn = () => {
    const { user, system } = process.cpuUsage(last)
    longest = Math.max(longest, user + system)
    last = process.cpuUsage()
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await new Promise(setImmediate)
  await work()
  await new Promise(setImmediate)
  isOver = true
  return longest / 1_000
}
