// Freezing of so many recipients, all of it, beside the bare insert of the same rows with their primary keys, each in
// turn and the middle one of some rounds told, and the memory of the worker beside that over few.
import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import { type CampaignKit, createCampaignKit, tag } from '@campaignkit/core'
import { createRecordingChannel } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { startPostgres } from '../../../packages/adapter-postgres/src/postgres-server.fixture.js'
import { figure, type Line } from '../table.js'
import { measuredArguments, type ResidentMemory, residentMemory } from './resident-memory.js'
import { serverCpuOf } from './server-cpu.js'

const SCHEMA = 'bench_freezing'
const SCOPE = { tenant: 'pizzeria', actor: { id: 'bench', kind: 'user' as const, roles: ['admin'] } }
/** As the guide has it for large audiences: no checkpoint in the middle, and indexes that are written to in memory. */
const SETTINGS = ['shared_buffers=2GB', 'max_wal_size=8GB']
const FEW = 10_000
/** Customers that are written at once. */
const A_CALL = 2_000
const ROUNDS = 3
const MOST_TIMES_BARE = 2.5
const MOST_GROWTH = 1.2

/** What one freezing took, and the bare insert of its rows. */
interface Round {
  readonly launchMs: number
  readonly frozenMs: number
  readonly bareMs: number
  /** Of the processor; null where the system does not tell. */
  readonly workerCpuMs: number
  readonly serverCpuMs: number | null
  readonly bareCpuMs: number | null
}

interface Figures extends Round, ResidentMemory {
  /** How many times as long the freezing of each round took as its bare insert, round by round. */
  readonly ratios: readonly number[]
}

function openRoot(knex: Knex): CampaignKit {
  return createCampaignKit({
    storage: createPostgresStorage({ knex, schema: SCHEMA }),
    channels: { email: createRecordingChannel() },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
  })
}

/** Customers who all match and may all be written to: written by the kit, their consents by the server itself. */
async function seed(knex: Knex, customers: number): Promise<void> {
  const kit = openRoot(knex).as(SCOPE)
  for (let from = 1; from <= customers; from += A_CALL) {
    const numbers = Array.from({ length: Math.min(A_CALL, customers - from + 1) }, (_, at) => from + at)
    await kit.customers.upsert(
      numbers.map((number) => ({
        id: `c-${String(number).padStart(9, '0')}`,
        firstName: `Ada${number}`,
        addresses: { email: `ada${number}@example.com` },
        tags: ['newsletter', 'pizza-lover'],
        facts: { lastOrderAt: 1_700_000_000_000, orderCount: 3 },
        timeZone: 'Europe/Rome',
        attributes: { city: 'Napoli' },
      })),
    )
  }
  await knex.raw(
    `insert into ${SCHEMA}.consents (tenant, customer_id, identity, channel, topic, decision, basis, obtained_at)
     select 'pizzeria', id, 'bench-' || id, 'email', 'offers', 'granted', 'form', 0 from ${SCHEMA}.customers`,
  )
  for (const table of ['customers', 'consents']) await knex.raw(`vacuum analyze ${SCHEMA}.${table}`)
}

/** The same rows again, one statement a table. */
async function insertBare(knex: Knex): Promise<number> {
  const keys = { members: 'tenant, run_id, customer_id', deliveries: 'id, tenant' }
  await knex.raw(`drop schema if exists ${SCHEMA}_bare cascade`)
  await knex.raw(`create schema ${SCHEMA}_bare`)
  for (const [table, key] of Object.entries(keys))
    await knex.raw(`create table ${SCHEMA}_bare.${table} (like ${SCHEMA}.${table}, primary key (${key}))`)
  const begun = performance.now()
  for (const table of Object.keys(keys))
    await knex.raw(`insert into ${SCHEMA}_bare.${table} select * from ${SCHEMA}.${table}`)
  return performance.now() - begun
}

/** Launches a campaign to everybody and works until its run is frozen. */
async function freeze(knex: Knex): Promise<Pick<Round, 'launchMs' | 'frozenMs'>> {
  const written = ['campaigns', 'runs', 'members', 'deliveries', 'delivery_counts']
  await knex.raw(`truncate ${written.map((table) => `${SCHEMA}.${table}`).join(', ')}`)
  const root = openRoot(knex)
  const kit = root.as(SCOPE)
  const { id } = await kit.campaigns.create({
    name: 'We miss you',
    audience: tag('pizza-lover'),
    messages: { email: { subject: 'We miss you', html: '<p>Hello</p>' } },
    experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.1 },
  })
  const end = new AbortController()
  root.on('run.frozen', () => end.abort())
  const begun = performance.now()
  await kit.campaigns.launch(id)
  const launchMs = performance.now() - begun
  await root.worker().run({ signal: end.signal })
  return { launchMs, frozenMs: performance.now() - begun }
}

async function measureRound(knex: Knex): Promise<Round> {
  const cpuMs = await serverCpuOf(knex)
  const before = { worker: process.cpuUsage(), server: cpuMs() }
  const frozen = await freeze(knex)
  const worker = process.cpuUsage(before.worker)
  const between = cpuMs()
  const bareMs = await insertBare(knex)
  const after = cpuMs()
  return {
    ...frozen,
    bareMs,
    workerCpuMs: (worker.user + worker.system) / 1_000,
    serverCpuMs: between === null || before.server === null ? null : between - before.server,
    bareCpuMs: after === null || between === null ? null : after - between,
  }
}

const ratioOf = ({ frozenMs, bareMs }: Round) => frozenMs / bareMs

/** What a process of its own does. */
export async function measureFreezing(members: number): Promise<Figures> {
  const server = await startPostgres({ settings: SETTINGS })
  try {
    const knex = server.connect()
    await knex.raw(`drop schema if exists ${SCHEMA} cascade`)
    await createPostgresStorage({ knex, schema: SCHEMA }).migrate()
    await seed(knex, members)
    const rounds: Round[] = []
    while (rounds.length < ROUNDS) rounds.push(await measureRound(knex))
    const memory = await residentMemory()
    const inOrder = rounds.toSorted((left, right) => ratioOf(left) - ratioOf(right))
    const middle = inOrder[ROUNDS >> 1]
    if (middle === undefined) throw new Error('no round')
    return { ...middle, ...memory, ratios: rounds.map(ratioOf) }
  } finally {
    await server.stop()
  }
}

/** Measures in a process of its own, whose heap takes so much at most. */
export function inAnotherProcess(members: number, heapMb: number | null): Figures {
  const [, program = ''] = process.argv
  const given = [...measuredArguments(heapMb), program, 'freeze', '--members', String(members), '--alone']
  return JSON.parse(execFileSync(process.execPath, given, { maxBuffer: 1e8 }).toString())
}

export function freezeLines(members: number): readonly Line[] {
  const few = inAnotherProcess(FEW, null)
  const many = inAnotherProcess(members, null)
  const each = (ms: number | null) => (ms === null ? 'unknown' : `${figure((ms * 1_000) / members)} us`)
  const ratio = ratioOf(many)
  const growth = many.neededMb / few.neededMb
  return [
    {
      stage: `freeze ${figure(members)} recipients, launch answered in ${figure(many.launchMs)} ms; ${SETTINGS.join(', ')}`,
      ours: `${each(many.frozenMs)} a recipient`,
      bare: `${each(many.bareMs)}  insert of the same rows with primary keys`,
      ratio: `${many.ratios.map(figure).join(', ')} x as long`,
      goal: `${MOST_TIMES_BARE} x at most`,
      met: ratio <= MOST_TIMES_BARE,
    },
    {
      stage: 'processor of the server for it',
      ours: `${each(many.serverCpuMs)}, of the worker ${each(many.workerCpuMs)}`,
      bare: `${each(many.bareCpuMs)}`,
      ratio: `${figure((many.serverCpuMs ?? 0) / (many.bareCpuMs ?? 1))} x as much`,
      goal: '',
      met: null,
    },
    {
      stage: 'memory of the worker after a collection',
      ours: `${figure(many.neededMb)} MB at ${figure(members)}`,
      bare: `${figure(few.neededMb)} MB at ${figure(FEW)}`,
      ratio: `${figure(growth)} x as much`,
      goal: `${MOST_GROWTH} x at most`,
      met: growth <= MOST_GROWTH,
    },
  ]
}
