// What people and other systems ask while so many campaigns are active, each with a run that has begun and a few members:
// listing, reading, writing, metrics, one event, and the launch of a large one; and the sweep of a worker.
import { performance } from 'node:perf_hooks'
import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import { everyone, type TenantKit, tag } from '@campaignkit/core'
import type { Knex } from 'knex'
import { startPostgres } from '../../../packages/adapter-postgres/src/postgres-server.fixture.js'
import { median } from '../measure.js'
import { figure, type Line } from '../table.js'
import { openKit, SCHEMA, seedCustomers, TENANT } from './delivery-kit.js'

const MEMBERS = 5
const LARGE = 50_000
const TURNS = 400
/** Asked before the clock runs: a pool opens its connections once, and code that is new is slow. */
const WARM_UP_TURNS = 50
const SWEEP_LIMIT = 1_000

/** How much of the goal of a call may be taken up. */
const SHARE = 0.1

interface Question {
  readonly what: string
  readonly goalMs: number
  ask(turn: number): Promise<unknown>
}

/** One campaign that has sent to half of its members, by the kit itself. */
async function runSample(kit: TenantKit, root: ReturnType<typeof openKit>): Promise<string> {
  const { id } = await kit.campaigns.create({
    name: 'Sample',
    audience: tag('sample'),
    messages: { sms: { body: 'We miss you, {{ customer.firstName }}' } },
    experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.2 },
  })
  await kit.campaigns.launch(id)
  await root.worker().drain()
  return id
}

const COPIED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  campaigns: {
    id: `id || '-' || n`,
    name: `name || ' ' || n`,
    status: `'active'`,
    // as text, so that it stays as the kit writes it
    document: `replace(replace(replace(document::text, to_json(id)::text, to_json(id || '-' || n)::text),
      '"name":' || to_json(name), '"name":' || to_json(name || ' ' || n)), '"status":' || to_json(status), '"status":"active"')::json`,
  },
  runs: {
    id: `id || '-' || n`,
    campaign_id: `campaign_id || '-' || n`,
    status: `'open'`,
    ended_at: 'null',
    first_ended_at: 'null',
  },
  members: {
    run_id: `run_id || '-' || n`,
    customer_id: `'c-' || lpad((n * ${MEMBERS} + rank_of)::text, 9, '0')`,
  },
  deliveries: {
    id: `id || '-' || n`,
    run_id: `run_id || '-' || n`,
    campaign_id: `campaign_id || '-' || n`,
    customer_id: `'c-' || lpad((n * ${MEMBERS} + rank_of)::text, 9, '0')`,
    status: `case when rank_of % 2 = 0 then 'queued' else status end`,
    sent_at: `case when rank_of % 2 = 0 then null else sent_at end`,
    settled_at: `case when rank_of % 2 = 0 then null else settled_at end`,
  },
  counters: { campaign_id: `campaign_id || '-' || n`, run_id: `run_id || '-' || n` },
}

/** Copies the sample so often: each with a run that goes on, half of whose deliveries wait. */
async function copySample(knex: Knex, campaigns: number): Promise<void> {
  for (const [table, changed] of Object.entries(COPIED)) {
    const { rows } = await knex.raw(
      `select column_name as name from information_schema.columns
       where table_schema = ? and table_name = ? and is_generated = 'NEVER' order by ordinal_position`,
      [SCHEMA, table],
    )
    const names: readonly string[] = rows.map(({ name }: { name: string }) => name)
    const values = names.map((name) => changed[name] ?? name)
    const ranked = names.includes('customer_id') ? 'row_number() over (order by customer_id) - 1' : '0'
    await knex.raw(
      `insert into ${SCHEMA}.${table} (${names.join(', ')})
       select ${values.join(', ')} from (select *, ${ranked} as rank_of from ${SCHEMA}.${table}) as sample,
         generate_series(1, ?::int) as n`,
      [campaigns],
    )
    await knex.raw(`vacuum analyze ${SCHEMA}.${table}`)
  }
}

async function questionsOf(knex: Knex, kit: TenantKit, sample: string, campaigns: number) {
  const storage = createPostgresStorage({ knex, schema: SCHEMA })
  const idOf = (turn: number) => `${sample}-${1 + ((turn * 7_919) % campaigns)}`
  const draft = (name: string) => ({
    name,
    audience: tag('sample'),
    messages: { sms: { body: 'We miss you, {{ customer.firstName }}' } },
  })
  const drafts: string[] = []
  for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn += 1)
    drafts.push((await kit.campaigns.create(draft(`Draft ${turn}`))).id)
  return [
    {
      what: 'list 1,000',
      goalMs: 200,
      ask: () => kit.campaigns.list({}, { limit: 1_000 }),
    },
    { what: 'get', goalMs: 100, ask: (turn) => kit.campaigns.get(idOf(turn)) },
    { what: 'create', goalMs: 500, ask: (turn) => kit.campaigns.create(draft(`New ${turn}`)) },
    {
      what: 'update',
      goalMs: 300,
      ask: (turn) => kit.campaigns.edit(drafts[turn] ?? '', { name: `Renamed ${turn}` }, 1),
    },
    { what: 'metrics', goalMs: 150, ask: (turn) => kit.reports.campaign(idOf(turn)) },
    {
      what: 'one event',
      goalMs: 50,
      ask: (turn) =>
        kit.events.track({
          key: `order-${turn}`,
          type: 'conversion',
          customerId: `c-${String(((turn * 7_919) % campaigns) * MEMBERS).padStart(9, '0')}`,
          amountMinor: 1_250,
          currency: 'EUR',
        }),
    },
    {
      what: `create and launch ${figure(LARGE)}`,
      goalMs: 5_000,
      ask: async (turn) => {
        const { id } = await kit.campaigns.create({ ...draft(`Large ${turn}`), audience: everyone() })
        await kit.campaigns.launch(id)
      },
    },
    {
      what: 'sweep',
      goalMs: 50,
      ask: () => storage.dueIndex.due({ limit: SWEEP_LIMIT, now: Date.now() }),
    },
  ] satisfies readonly Question[] as readonly Question[]
}

/** Milliseconds of each turn, in order. */
async function timesOf({ ask }: Question): Promise<readonly number[]> {
  const times: number[] = []
  for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn += 1) {
    const begun = performance.now()
    await ask(turn)
    times.push(performance.now() - begun)
  }
  return times
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

function lineOf({ what, goalMs }: Question, times: readonly number[], campaigns: number): Line {
  const [first = Number.NaN] = times
  const sorted = times.slice(WARM_UP_TURNS).toSorted((left, right) => left - right)
  const [p95, p99] = [percentile(sorted, 0.95), percentile(sorted, 0.99)]
  const goal = goalMs * SHARE
  return {
    stage: `${what}, of ${figure(campaigns)} active`,
    ours: `${figure(median(sorted))} ms`,
    bare: `p95 ${figure(p95)} ms, p99 ${figure(p99)} ms (first ${figure(first)} ms)`,
    ratio: '',
    goal: `${goal} ms at most`,
    met: p99 <= goal,
  }
}

/** Asks each question so often, with so many active campaigns. */
export async function campaignLines(campaigns: number): Promise<readonly Line[]> {
  const server = await startPostgres()
  try {
    const knex = server.connect()
    await knex.raw(`drop schema if exists ${SCHEMA} cascade`)
    await createPostgresStorage({ knex, schema: SCHEMA }).migrate()
    await seedCustomers(knex, Math.max(LARGE, (campaigns + 1) * MEMBERS), [])
    await knex.raw(
      `update ${SCHEMA}.customers set tags = '{sample}' where id < 'c-' || lpad(?::text, 9, '0')`,
      [MEMBERS],
    )
    const root = openKit(knex, 10)
    const kit = root.as({ tenant: TENANT, actor: { id: 'bench', kind: 'user', roles: ['admin'] } })
    const sample = await runSample(kit, root)
    await copySample(knex, campaigns)
    const lines: Line[] = []
    for (const question of await questionsOf(knex, kit, sample, campaigns)) {
      lines.push(lineOf(question, await timesOf(question), campaigns))
    }
    await root.close()
    return lines
  } finally {
    await server.stop()
  }
}
