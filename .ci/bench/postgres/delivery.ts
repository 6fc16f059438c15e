// Delivery through a channel that accepts at once, by so many processes as there are workers, each of which has a
// campaign; beside the same statements without the kit in as many processes. A window is what a channel has in flight.
// On both sides the first deliveries of a process are not measured: meanwhile its code is compiled, its connections are
// opened and their statements planned, which would be most of what a short run measures.
import { type ChildProcess, fork } from 'node:child_process'
import process from 'node:process'
import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import type { Knex } from 'knex'
import { startPostgres } from '../../../packages/adapter-postgres/src/postgres-server.fixture.js'
import { figure, type Line } from '../table.js'
import { freezeCampaigns, openKit, SCHEMA, seedCustomers, TENANT } from './delivery-kit.js'
import { measuredArguments, type ResidentMemory } from './resident-memory.js'
import { serverCpuOf } from './server-cpu.js'

const LEAST_SHARE = 0.8
const LOOK_EVERY_MS = 20

/** What is measured. */
export interface DeliveryBench {
  /** How many are measured, of all processes together. */
  readonly deliveries: number
  /** How many are delivered before, for each process. */
  readonly warmUp: number
  readonly windows: readonly number[]
  readonly workers: readonly number[]
  /** How often each is measured, both sides in turns; the round with the median share is told. */
  readonly rounds: number
}

/** Of one side; memory is that of the largest process. */
export interface Measured extends ResidentMemory {
  readonly perSecond: number
  /** Microseconds of the processor a delivery; null where the system does not tell. */
  readonly serverUs: number | null
  readonly processUs: number
}

/** What a process says when it is told to stop. */
interface Word extends ResidentMemory {
  readonly cpuMs: number
}

type Arguments = (part: number) => readonly string[]

/** A server that is measured on. */
export interface Place {
  readonly url: string
  readonly knex: Knex
}

/** What processes are given to deliver. */
interface Load {
  /** How many are measured, of all processes together. */
  readonly deliveries: number
  /** How many are delivered before those, by all processes together. */
  readonly before: number
  readonly processes: number
  readonly argumentsOf: Arguments
  readonly heapMb: number | null
}

/** Has processes of one program, compiled beside this one, deliver what there is, and waits for the last. */
async function measureProcesses(
  { knex }: Place,
  program: string,
  { deliveries, before, processes, argumentsOf, heapMb }: Load,
): Promise<Measured> {
  const serverCpuMs = await serverCpuOf(knex)
  const path = new URL(program, import.meta.url)
  const children = Array.from({ length: processes }, (_, part) =>
    fork(path, argumentsOf(part), {
      execArgv: [...measuredArguments(heapMb)],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  await Promise.all(children.map(nextWord))
  for (const child of children) child.send('go')
  const already = await untilSent(knex, before)
  for (const child of children) child.send('measure')
  const begun = { at: performance.now(), server: serverCpuMs() }
  const measured = (await untilSent(knex, before + deliveries)) - already
  const tookMs = performance.now() - begun.at
  const after = serverCpuMs()
  const words = await Promise.all(
    children.map((child) => {
      const word = nextWord(child)
      child.send('stop')
      return word
    }),
  )
  const processMs = words.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  return {
    perSecond: (measured / tookMs) * 1_000,
    serverUs: after === null || begun.server === null ? null : ((after - begun.server) * 1_000) / measured,
    processUs: (processMs * 1_000) / measured,
    peakMb: Math.max(...words.map(({ peakMb }) => peakMb)),
    neededMb: Math.max(...words.map(({ neededMb }) => neededMb)),
  }
}

/** Waits until so many are sent. @returns how many there are by then */
async function untilSent(knex: Knex, count: number): Promise<number> {
  for (;;) {
    const sent = await countSent(knex)
    if (sent >= count) return sent
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

/** What a child says next. */
function nextWord(child: ChildProcess): Promise<Word> {
  return new Promise((resolve, reject) => {
    child.once('message', (word) => resolve(word as Word))
    child.once('exit', (code) => reject(new Error(`a process ended with ${code}`)))
  })
}

async function countSent(knex: Knex): Promise<number> {
  const { rows } = await knex.raw(
    `select coalesce(sum(total), 0)::int as sent from ${SCHEMA}.delivery_counts where status = 'sent'`,
  )
  return rows[0].sent
}

/** Tables as they are in a new installation, with nothing but customers. */
async function begin({ knex }: Place, deliveries: number, parts: readonly number[]): Promise<void> {
  await knex.raw(`drop schema if exists ${SCHEMA} cascade`)
  await createPostgresStorage({ knex, schema: SCHEMA }).migrate()
  await seedCustomers(knex, deliveries, parts)
}

/** What is delivered, how, and by how many processes. */
interface Task {
  readonly deliveries: number
  readonly warmUp: number
  readonly window: number
  readonly processes: number
  /** Among how many campaigns they are divided: as many as processes of the bare program, each of which has one. */
  readonly campaigns: number
  /** Most that the heap of a process may take; null where Node decides by the memory of the machine. */
  readonly heapMb: number | null
}

/** Delivers so much in a new installation, by processes of one program. */
export async function deliverBy(
  program: './delivery-worker.mjs' | './bare-delivery.mjs',
  place: Place,
  { deliveries, warmUp, window, processes, campaigns, heapMb }: Task,
): Promise<Measured> {
  const before = warmUp * processes
  await begin(place, before + deliveries, [campaigns])
  const root = openKit(place.knex, window)
  const ids = await freezeCampaigns(root, campaigns)
  const { rows } = await place.knex.raw(
    `select id from ${SCHEMA}.runs where tenant = ? order by created_at`,
    [TENANT],
  )
  await place.knex.raw(`vacuum analyze ${SCHEMA}.deliveries`)
  const argumentsOf = (part: number) => [place.url, String(window), ids[part] ?? '', rows[part].id]
  const load = { deliveries, before, processes, argumentsOf, heapMb }
  const measured = await measureProcesses(place, program, load)
  await root.close()
  return measured
}

/** Both sides, one after the other. */
interface Round {
  readonly ours: Measured
  readonly bare: Measured
  readonly share: number
}

async function medianRound(place: Place, task: Task, rounds: number): Promise<Round> {
  const measured: Round[] = []
  for (let round = 0; round < rounds; round += 1) {
    const ours = await deliverBy('./delivery-worker.mjs', place, task)
    const bare = await deliverBy('./bare-delivery.mjs', place, task)
    measured.push({ ours, bare, share: ours.perSecond / bare.perSecond })
  }
  const [median] = measured.sort((left, right) => left.share - right.share).slice(Math.floor(rounds / 2))
  if (median === undefined) throw new Error('no round')
  return median
}

const told = ({ perSecond, serverUs, processUs }: Measured) =>
  `${figure(perSecond)}/s, server ${serverUs === null ? 'unknown' : figure(serverUs)} us, process ${figure(processUs)} us`

/** Measures each number of workers at each window. */
export async function deliveryLines({
  deliveries,
  warmUp,
  windows,
  workers,
  rounds,
}: DeliveryBench): Promise<readonly Line[]> {
  const server = await startPostgres()
  try {
    const place = { url: server.url, knex: server.connect() }
    const lines: Line[] = []
    for (const window of windows)
      for (const processes of workers) {
        const task = { deliveries, warmUp, window, processes, campaigns: processes, heapMb: null }
        const { ours, bare, share } = await medianRound(place, task, rounds)
        lines.push({
          stage: `window ${window}, ${processes} worker${processes === 1 ? '' : 's'}`,
          ours: told(ours),
          bare: told(bare),
          ratio: `${figure(share)} of bare`,
          goal: `${LEAST_SHARE} at least`,
          met: share >= LEAST_SHARE,
        })
        process.stderr.write(`window ${window}, ${processes} workers: ${figure(share)}\n`)
      }
    return lines
  } finally {
    await server.stop()
  }
}
