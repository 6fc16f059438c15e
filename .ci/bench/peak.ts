import { execFileSync } from 'node:child_process'
import type { PeakBench } from './bench.js'

/** What memory is read: all that the process ever took, or what it still needed when all garbage had been collected. */
export type MemoryKind = 'taken' | 'kept'

/** Pages between two readings of what is kept. */
const PAGES_A_READING = 5

/** Peak of memory of a process of its own that does the work over so many customers, so many times, in MB. */
export function peakMegabytes(bench: PeakBench, kind: MemoryKind, customers: number, times: number): number {
  const [, program = ''] = process.argv
  const given = [
    '--peak',
    bench.stage,
    '--memory',
    kind,
    '--customers',
    String(customers),
    '--times',
    String(times),
  ]
  return Number(execFileSync(process.execPath, ['--expose-gc', program, ...given]).toString())
}

/** What the process of its own does. */
export async function printPeak(
  bench: PeakBench,
  kind: MemoryKind,
  customers: number,
  times: number,
): Promise<void> {
  let pages = 0
  let mostKept = 0
  const read = () => {
    pages += 1
    if (kind === 'taken' || pages % PAGES_A_READING !== 0) return
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    mostKept = Math.max(mostKept, heapUsed + external)
  }
  for (let time = 0; time < times; time += 1) await bench.run(customers, read)
  // Node gives kilobytes on every system
  console.log(kind === 'kept' ? mostKept / 1_048_576 : process.resourceUsage().maxRSS / 1_024)
}
