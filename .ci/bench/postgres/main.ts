// The benches on a real PostgreSQL server, one part at a time, beside the bare statements in the same run.
//   pnpm bench:postgres segments [--customers 200000] [--keep DIR] [--rules 3,9] [--shared-buffers 4GB]     DIR: where the customers stand from one run to the next
//   pnpm bench:postgres events [--rounds 7] [--events 20000] [--at-once 2]
//   pnpm bench:postgres freeze [--members 100000]     on a server of its own, or that of DATABASE_URL
//   pnpm bench:postgres delivery [--deliveries 10000] [--warm-up 4000] [--windows 1,10,100] [--workers 1,2] [--rounds 1]
//   pnpm bench:postgres memory [--recipients 30000] [--heap 256]     MB that a worker's heap may take, 0 for what Node finds right for the machine
//   pnpm bench:postgres campaigns [--campaigns 1000]
import { cpus, totalmem } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { tableOf } from '../table.js'
import { campaignLines } from './campaigns.js'
import { deliveryLines } from './delivery.js'
import { freezeLines, measureFreezing } from './freeze.js'
import { memoryLines } from './memory.js'
import { benchSegments } from './segments.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    customers: { type: 'string', default: '200000' },
    keep: { type: 'string' },
    rules: { type: 'string' },
    'shared-buffers': { type: 'string' },
    members: { type: 'string', default: '100000' },
    deliveries: { type: 'string', default: '10000' },
    'warm-up': { type: 'string', default: '4000' },
    windows: { type: 'string', default: '1,10,100' },
    workers: { type: 'string', default: '1,2' },
    recipients: { type: 'string', default: '30000' },
    heap: { type: 'string', default: '256' },
    campaigns: { type: 'string', default: '1000' },
    rounds: { type: 'string' },
    // read by the part itself
    events: { type: 'string' },
    'at-once': { type: 'string' },
    // one measurement in this process, told as JSON
    alone: { type: 'boolean', default: false },
  },
})

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  events: async () => void (await import('./events.js')),
  segments: () =>
    benchSegments({
      customers: countOf(values.customers),
      keptIn: values.keep,
      rules: values.rules?.split(',').map(countOf),
      sharedBuffers: values['shared-buffers'],
    }),
  freeze: async () => console.log(tableOf(freezeLines(countOf(values.members)))),
  delivery: async () =>
    console.log(
      tableOf(
        await deliveryLines({
          deliveries: countOf(values.deliveries),
          warmUp: wholeOf(values['warm-up'], 0),
          windows: values.windows.split(',').map(countOf),
          workers: values.workers.split(',').map(countOf),
          rounds: countOf(values.rounds ?? '1'),
        }),
      ),
    ),
  memory: async () =>
    console.log(
      tableOf(
        await memoryLines({
          recipients: countOf(values.recipients),
          heapMb: wholeOf(values.heap, 0) || null,
        }),
      ),
    ),
  campaigns: async () => console.log(tableOf(await campaignLines(countOf(values.campaigns)))),
}

function countOf(text: string): number {
  return wholeOf(text, 1)
}

function wholeOf(text: string, least: number): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < least) throw new Error(`${text} is no number of rows`)
  return count
}

const [name = ''] = positionals
const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
if (part === undefined) {
  console.error(`Which part? ${Object.keys(PARTS).join(', ')}`)
  process.exitCode = 1
} else if (values.alone) {
  console.log(JSON.stringify(await measureFreezing(countOf(values.members))))
} else {
  const [processor] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  console.log(
    `Node ${process.version}, ${cpus().length} cores, ${processor?.model ?? 'unknown'}, ${memory} GB\n`,
  )
  await part()
}
