// Every bench in turn, as a table: what we take, what the bare way takes in the same run, and how they compare.
//   --only TEXT  stages whose name holds the text    --json FILE  the figures for programs, every round among them
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { smtpBench } from '../../packages/adapter-sendgrid/src/smtp.bench.js'
import { assignBench } from '../../packages/core/src/assignment/assign.bench.js'
import { blockBenches } from '../../packages/core/src/client/blocks.bench.js'
import { dispatchBenches } from '../../packages/core/src/client/dispatch.bench.js'
import { reachPeak } from '../../packages/core/src/client/reach.bench.js'
import { redeemBench, trackBench } from '../../packages/core/src/client/till.bench.js'
import { qrBench } from '../../packages/core/src/defaults/qr.bench.js'
import { importBenches, importPeaks } from '../../packages/core/src/engine/import.bench.js'
import { renderBench } from '../../packages/core/src/rendering/render.bench.js'
import { matchBench } from '../../packages/core/src/segmentation/match.bench.js'
import { statisticsBenches } from '../../packages/core/src/statistics/statistics.bench.js'
import type { Bench, BlockBench, PeakBench } from './bench.js'
import { longestBlockMs } from './block.js'
import { type Measured, measure } from './measure.js'
import { type MemoryKind, peakMegabytes, printPeak } from './peak.js'
import { figure, type Line, tableOf } from './table.js'

const BENCHES: readonly Bench[] = [
  ...importBenches,
  matchBench,
  assignBench,
  renderBench,
  qrBench,
  ...dispatchBenches,
  smtpBench,
  redeemBench,
  trackBench,
  ...statisticsBenches,
]
const PEAKS: readonly PeakBench[] = [...importPeaks, reachPeak]
const BLOCKS: readonly BlockBench[] = blockBenches

const BUDGET_MS = 3_000
const FEW_CUSTOMERS = 10_000
const MANY_CUSTOMERS = 500_000
/** Enough rounds over the few for Node's heap to grow as far as it will. */
const FEW_ROUNDS = 20
/** What 500,000 customers may take of the memory that 10,000 take. */
const MOST_GROWTH = 1.2
const LONGEST_BLOCK_MS = 20

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    peak: { type: 'string' },
    memory: { type: 'string', default: 'taken' },
    customers: { type: 'string', default: '0' },
    times: { type: 'string', default: '1' },
  },
})

function lineOf({ stage, unit, bareName, goal, oursUs, bareUs, ratio, met }: Measured): Line {
  const { timesBare, perSecond } = goal
  const goals = [
    timesBare === undefined ? [] : `${timesBare} x`,
    perSecond === undefined ? [] : `${figure(perSecond)} a second`,
  ].flat()
  return {
    stage,
    ours: `${figure(oursUs)} us a ${unit}`,
    bare: `${figure(bareUs)} us  ${bareName}`,
    ratio: `${figure(ratio)} x as fast`,
    goal: goals.join(', '),
    met,
  }
}

/** The few are gone over again and again, since Node's heap grows with work up to where it pays to collect. */
function takenLine(bench: PeakBench): Line {
  const once = peakMegabytes(bench, 'taken', FEW_CUSTOMERS, 1)
  const few = peakMegabytes(bench, 'taken', FEW_CUSTOMERS, FEW_ROUNDS)
  const many = peakMegabytes(bench, 'taken', MANY_CUSTOMERS, 1)
  const fewName = `${figure(few)} MB at ${figure(FEW_CUSTOMERS)}, ${FEW_ROUNDS} times (once: ${figure(once)})`
  return growthLine(`memory taken: ${bench.stage}`, many, few, fewName)
}

/** Without what waits to be collected: whether anything grows with the customers. */
function keptLine(bench: PeakBench): Line {
  const few = peakMegabytes(bench, 'kept', FEW_CUSTOMERS, 1)
  const many = peakMegabytes(bench, 'kept', MANY_CUSTOMERS, 1)
  return growthLine(`memory kept: ${bench.stage}`, many, few, `${figure(few)} MB at ${figure(FEW_CUSTOMERS)}`)
}

function growthLine(stage: string, many: number, few: number, fewName: string): Line {
  return {
    stage,
    ours: `${figure(many)} MB at ${figure(MANY_CUSTOMERS)}`,
    bare: fewName,
    ratio: `${figure(many / few)} x as much`,
    goal: `${MOST_GROWTH} x at most`,
    met: many / few <= MOST_GROWTH,
  }
}

async function blockLine(bench: BlockBench): Promise<Line> {
  const longest = await longestBlockMs(bench)
  return {
    stage: `longest block: ${bench.stage}`,
    ours: `${figure(longest)} ms`,
    bare: '',
    ratio: '',
    goal: `${LONGEST_BLOCK_MS} ms at most`,
    met: longest <= LONGEST_BLOCK_MS,
  }
}

async function main(): Promise<void> {
  const isWanted = ({ stage }: { readonly stage: string }) => stage.includes(values.only)
  const lines: Line[] = []
  const measured: Measured[] = []
  const tell = (line: Line) => {
    lines.push(line)
    console.error(`  ${line.stage}`)
  }
  if (![...BENCHES, ...PEAKS, ...BLOCKS].some(isWanted)) {
    console.error(`No stage has "${values.only}" in its name`)
    process.exitCode = 1
    return
  }
  for (const bench of BENCHES.filter(isWanted)) {
    const result = await measure(bench, BUDGET_MS)
    measured.push(result)
    tell(lineOf(result))
  }
  for (const bench of PEAKS.filter(isWanted)) {
    tell(takenLine(bench))
    tell(keptLine(bench))
  }
  for (const bench of BLOCKS.filter(isWanted)) tell(await blockLine(bench))
  const machine = { node: process.version, cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown' }
  console.log(
    `\nNode ${machine.node}, ${machine.cores} cores, ${machine.processor}; processor time, medians of rounds taken in turns\n`,
  )
  console.log(tableOf(lines))
  if (values.json !== undefined)
    writeFileSync(values.json, JSON.stringify({ machine, lines, measured }, null, 2))
}

const ofPeak = PEAKS.find(({ stage }) => stage === values.peak)
const memory: MemoryKind = values.memory === 'kept' ? 'kept' : 'taken'
await (ofPeak === undefined
  ? main()
  : printPeak(ofPeak, memory, Number(values.customers), Number(values.times)))
