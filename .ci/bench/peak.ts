import { execFileSync } from 'node:child_process'
import type { PeakBench } from './bench.js'

/** Peak of memory of a process of its own that does the work over so many customers, so many times, in MB. */
export function peakMegabytes(bench: PeakBench, customers: number, times: number): number {
  const [, program = ''] = process.argv
  const given = ['--peak', bench.stage, '--customers', String(customers), '--times', String(times)]
  return Number(execFileSync(process.execPath, [program, ...given]).toString())
}

/** What the process of its own does. */
export async function printPeak(bench: PeakBench, customers: number, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await bench.run(customers)
  // Node gives kilobytes on every system
  console.log(process.resourceUsage().maxRSS / 1_024)
}
