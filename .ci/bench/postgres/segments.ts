// Ten rules over skewed customers: what `countMatching` takes, beside the statement that a person would write.
import createKnex, { type Knex } from 'knex'
import { type LocalPostgres, startLocalPostgres } from '../../../examples/local-postgres/local-postgres.js'
import { createPostgresStorage, type PostgresStorage } from '../../../packages/adapter-postgres/src/index.js'
import { sampleJournalEntry, sampleScope, sampleSegment } from '../../../packages/core/src/testing.js'
import { figure } from '../table.js'
import { RULES, SEGMENTS, type SegmentRule } from './segment-rules.js'
import { hasCustomers, loadSkewedCustomers, NOW, TENANT } from './skewed-customers.js'

/** Those of a server that is set up for it, so that the statements by hand are not at a disadvantage. */
const SETTINGS = {
  work_mem: '64MB',
  max_parallel_workers_per_gather: '2',
  effective_cache_size: '12GB',
  random_page_cost: '1.1',
  maintenance_work_mem: '1GB',
  max_wal_size: '8GB',
}
const WARM_ROUNDS = 5
const scope = sampleScope(TENANT)

/** Milliseconds of one side of a rule. */
interface Times {
  readonly cold: number
  readonly warm: number
}

/** A side of a rule: resolves to how many customers it counts. */
type Count = () => Promise<number>

/** What is counted. */
export interface SegmentBench {
  readonly customers: number
  /** A folder; what it holds from an earlier run is used again. */
  readonly keptIn?: string | undefined
  /** The numbers of the rules, from 1. @default all ten */
  readonly rules?: readonly number[] | undefined
  /** What the server keeps of its files by itself, such as `4GB`. @default what servers come with */
  readonly sharedBuffers?: string | undefined
}

/** Counts ten rules over so many customers, on a server of its own. */
export async function benchSegments({
  customers,
  keptIn,
  rules,
  sharedBuffers = '128MB',
}: SegmentBench): Promise<void> {
  const server = await startLocalPostgres(keptIn === undefined ? {} : { keptIn })
  const settings = { ...SETTINGS, shared_buffers: sharedBuffers }
  const asked = RULES.filter((_, at) => rules?.includes(at + 1) ?? true)
  try {
    await measureRules(server, settings, customers, asked)
  } finally {
    await server.stop()
  }
}

async function measureRules(
  server: LocalPostgres,
  settings: Readonly<Record<string, string>>,
  customers: number,
  asked: readonly SegmentRule[],
): Promise<void> {
  const knex = createKnex({ client: 'pg', connection: server.url, pool: { min: 0, max: 4 } })
  for (const [name, value] of Object.entries(settings))
    await knex.raw(`alter system set ${name} = '${value}'`)
  await knex.destroy()
  await server.restart()
  await withStorage(server.url, async (storage, loading) => {
    await storage.migrate()
    if (await hasCustomers(loading, customers)) return
    await loadSkewedCustomers(loading, customers)
    for (const [name, criteria] of Object.entries(SEGMENTS))
      await storage.segments.put(
        scope,
        sampleSegment({ name, criteria }),
        null,
        sampleJournalEntry({ id: name }),
      )
  })
  console.log(`${figure(customers)} customers, ${figure(customers / 2)} events, vacuumed;`, settings)
  console.log(
    'milliseconds, ours / by hand; cold: the first after a restart of the server, with the cache of the system as it is;',
    `warm: the fastest of ${WARM_ROUNDS}\n`,
  )
  for (const rule of asked) await measureRule(server, rule)
}

async function measureRule(server: LocalPostgres, rule: SegmentRule): Promise<void> {
  const ours = await coldOf(
    server,
    (storage) => () => storage.countMatching(scope, rule.criteria, { asOf: NOW }),
  )
  const bare = await coldOf(server, (_storage, knex) => () => byHand(knex, rule))
  if (ours.count !== bare.count)
    throw new Error(`${rule.name}: ${ours.count} customers, by hand ${bare.count}`)
  const warm = await withStorage(server.url, (storage, knex) =>
    warmOf(
      () => storage.countMatching(scope, rule.criteria, { asOf: NOW }),
      () => byHand(knex, rule),
    ),
  )
  print(rule, ours.count, { cold: ours.ms, warm: warm.ours }, { cold: bare.ms, warm: warm.bare })
}

async function coldOf(
  server: LocalPostgres,
  sideOf: (storage: PostgresStorage, knex: Knex) => Count,
): Promise<{ readonly count: number; readonly ms: number }> {
  await server.restart()
  return withStorage(server.url, async (storage, knex) => {
    await knex.raw('select 1')
    const begun = performance.now()
    const count = await sideOf(storage, knex)()
    return { count, ms: performance.now() - begun }
  })
}

/**
 * The fastest of several rounds, both sides in turns: whatever else the machine does only adds. Each is asked twice in
 * its turn and the second time counts, since the pages of one side take the place of those of the other.
 */
async function warmOf(ours: Count, bare: Count): Promise<{ readonly ours: number; readonly bare: number }> {
  const times: { ours: number[]; bare: number[] } = { ours: [], bare: [] }
  for (let round = 0; round < WARM_ROUNDS; round += 1) {
    await ours()
    times.ours.push(await timed(ours))
    await bare()
    times.bare.push(await timed(bare))
  }
  return { ours: Math.min(...times.ours), bare: Math.min(...times.bare) }
}

async function timed(count: Count): Promise<number> {
  const begun = performance.now()
  await count()
  return performance.now() - begun
}

async function byHand(knex: Knex, { byHand: text, values }: SegmentRule): Promise<number> {
  const { rows } = await knex.raw<{ rows: readonly { readonly count: string }[] }>(text, {
    tenant: TENANT,
    ...values,
  })
  return Number(rows[0]?.count)
}

async function withStorage<Result>(
  url: string,
  work: (storage: PostgresStorage, knex: Knex) => Promise<Result>,
): Promise<Result> {
  const knex = createKnex({ client: 'pg', connection: url, pool: { min: 0, max: 4 } })
  try {
    return await work(createPostgresStorage({ knex }), knex)
  } finally {
    await knex.destroy()
  }
}

function print({ name }: SegmentRule, count: number, ours: Times, bare: Times): void {
  const cells = [
    name.padEnd(46),
    figure(count).padStart(12),
    `cold ${figure(ours.cold)} / ${figure(bare.cold)}`.padEnd(24),
    `warm ${figure(ours.warm)} / ${figure(bare.warm)}`.padEnd(24),
    `${figure(ours.warm / bare.warm)} x`,
  ]
  console.log(cells.join('  '))
}
