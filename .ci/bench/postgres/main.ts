// The benches on a real PostgreSQL server: which part, and of what size.
//   pnpm bench:postgres segments [--customers 200000]
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { type LocalPostgres, startLocalPostgres } from '../../../examples/local-postgres.js'
import { benchSegments } from './segments.js'

/** What a part is given. */
export interface PostgresBench {
  readonly server: LocalPostgres
  readonly customers: number
}

const PARTS: Readonly<Record<string, (bench: PostgresBench) => Promise<void>>> = { segments: benchSegments }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { customers: { type: 'string', default: '200000' } },
})
const [name = ''] = positionals
const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
const customers = Number(values.customers)
if (part === undefined || !Number.isInteger(customers) || customers < 1) {
  console.error(`Usage: pnpm bench:postgres ${Object.keys(PARTS).join(' | ')} [--customers NUMBER]`)
  process.exitCode = 1
} else {
  const [processor] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  console.log(
    `Node ${process.version}, ${cpus().length} cores, ${processor?.model ?? 'unknown'}, ${memory} GB\n`,
  )
  const server = await startLocalPostgres()
  try {
    await part({ server, customers })
  } finally {
    await server.stop()
  }
}
