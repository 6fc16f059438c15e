// The statements of delivery in a process of its own, over pg and without the kit, as one would write them by hand: a
// statement a table, of a whole group, those of each group kept ready by the connection. In the same sizes and portions, and
// the same promises: a chunk is claimed under a lease and a fence, what is in doubt first, and customers, consents and
// suppressions are looked at again; each half of a window reserves its slots, is on record before its calls, and is
// settled under its fence, with attempts, deduplicated events, marks of members and counters in one transaction; two
// halves go side by side, the next chunk is claimed meanwhile, and progress is read after each. No message is made.
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import process from 'node:process'
import { SCHEMA, TENANT } from './delivery-kit.js'
import { residentMemory } from './resident-memory.js'

interface Connection {
  query<Row>(
    statement: string | { readonly name?: string; readonly text: string },
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[] }>
}

interface PoolClient extends Connection {
  release(): void
}

interface Pool extends Connection {
  connect(): Promise<PoolClient>
  end(): Promise<void>
}

/** What is used of pg, whose types are those of a package that this folder does not depend on. */
const pg: { readonly Pool: new (options: { connectionString: string; max: number }) => Pool } = createRequire(
  import.meta.url,
)('pg')

const [url = '', windowText = '1', campaignId = '', runId = ''] = process.argv.slice(2)
const window = Number(windowText)
const GROUP = Math.max(1, Math.floor(window / 2))
const LANES = window > 1 ? 2 : 1
const CHUNK = 100
const LEASE_MS = 60_000
/** Of ten million a minute. */
const [PACE_SPACING_MS, PACE_SLACK_MS, HORIZON_MS] = [0.006_03, 300, 10_000]
const pool = new pg.Pool({ connectionString: url, max: 10 })
const worker = randomUUID()
const cells = [
  { id: randomUUID(), channel: '' },
  { id: randomUUID(), channel: 'sms' },
]

interface Claimed {
  readonly id: string
  readonly fence: number
  readonly customer_id: string
  readonly arm: string
}

const CLAIM = `
  with free as (
    select id, due_at, rank from ${SCHEMA}.deliveries
    where line = hashtextextended($3, hashtextextended($2, 1))
      and tenant = $1 and run_id = $2 and channel = $3 and due_at between '-infinity' and $4
    order by due_at, rank, id limit $5 for update skip locked
  ), ended as (
    select id, due_at, rank from ${SCHEMA}.deliveries
    where tenant = $1 and run_id = $2 and channel = $3 and is_leased and status = 'claimed' and lease_until <= $4
      and (status <> 'inDoubt' or due_at <= $4)
    order by due_at, rank, id limit $5 for update skip locked
  ), chosen as (
    select id from (select * from free union all select * from ended) as either order by due_at, rank, id limit $5
  )
  update ${SCHEMA}.deliveries as d
  set status = 'claimed', fence = d.fence + 1, lease_worker = $6, lease_until = $7
  from chosen where d.tenant = $1 and d.id = chosen.id
  returning d.id, d.run_id, d.campaign_id, d.customer_id, d.step, d.channel, d.arm, d.rank, d.segments, d.due_at,
    d.first_due_at, d.status, d.tries, d.fence, d.lease_worker, d.lease_until, d.attempt_id, d.attempt_started_at,
    d.reason, d.provider_message_id, d.address_key, d.receipts, d.sent_at, d.settled_at, d.cost_micros, d.currency`

const CLAIM_IN_DOUBT = `
  with free as (
    select id, due_at, rank from ${SCHEMA}.deliveries
    where line = hashtextextended($3, hashtextextended($2, 2))
      and tenant = $1 and run_id = $2 and channel = $3 and due_at between '-infinity' and $4
    order by due_at, rank, id limit $5 for update skip locked
  ), ended as (
    select id, due_at, rank from ${SCHEMA}.deliveries
    where tenant = $1 and run_id = $2 and channel = $3 and is_leased and status in ('attempting', 'inDoubt')
      and lease_until <= $4 and (status <> 'inDoubt' or due_at <= $4)
    order by due_at, rank, id limit $5 for update skip locked
  ), chosen as (
    select id from (select * from free union all select * from ended) as either order by due_at, rank, id limit $5
  )
  update ${SCHEMA}.deliveries as d set fence = d.fence + 1, lease_worker = $6, lease_until = $7
  from chosen where d.tenant = $1 and d.id = chosen.id returning d.id`

const CUSTOMERS = `select * from ${SCHEMA}.customers where tenant = $1 and id = any($2::text[])`

const CONSENTS = `
  select customer_id, channel, topic, decision, basis, obtained_at, evidence from ${SCHEMA}.consents
  where tenant = $1 and customer_id = any($2::text[])`

const SUPPRESSIONS = `
  select channel, address_key, reason, since from ${SCHEMA}.suppressions
  where tenant = $1 and address_key = any($2::text[])`

const CAMPAIGN = `select document from ${SCHEMA}.campaigns where tenant = $1 and id = $2`

const PROGRESS = `
  select status, sum(total)::float8 as count from ${SCHEMA}.delivery_counts
  where tenant = $1 and campaign_id = $2 group by status`

const RESERVE = `
  select * from ${SCHEMA}.reserve_slots($1::text[], $2::float8[], $3::float8[], $4::int, $5::float8, $6::float8)`

const OPEN = `
  with opened as (
    update ${SCHEMA}.deliveries as d set status = 'attempting', address_key = given.address_key, lease_worker = $6,
      lease_until = $7, attempt_id = given.attempt_id, attempt_started_at = $8
    from unnest($2::text[], $3::float8[], $4::text[], $5::text[]) as given(delivery_id, fence, attempt_id, address_key)
    where d.tenant = $1 and d.id = given.delivery_id and d.status = 'claimed' and d.fence = given.fence
      and d.lease_until is not null
    returning d.id, d.fence, given.attempt_id, given.address_key
  )
  insert into ${SCHEMA}.attempts (tenant, id, delivery_id, address_key, worker, fence, started_at, outcome)
  select $1, attempt_id, id, address_key, $6, fence, $8::float8, 'open' from opened
  returning delivery_id`

const ENDS = `('sent', 'failed', 'skipped', 'cancelled', 'held')`

const SETTLE = `
  update ${SCHEMA}.deliveries as d set status = given.status, reason = given.reason,
    due_at = case when given.status in ${ENDS} then d.due_at else given.due_at end,
    tries = given.tries, lease_worker = null, lease_until = null,
    attempt_id = case when given.status = 'inDoubt' then d.attempt_id end,
    attempt_started_at = case when given.status = 'inDoubt' then d.attempt_started_at end,
    provider_message_id = coalesce(given.provider_message_id, d.provider_message_id),
    sent_at = case when given.status = 'sent' then $11::float8 end,
    settled_at = case when given.status in ${ENDS} then $11::float8 end,
    cost_micros = given.cost_micros, currency = given.currency
  from unnest($2::text[], $3::float8[], $4::text[], $5::text[], $6::float8[], $7::int[], $8::float8[], $9::text[],
    $10::text[]) as given(delivery_id, fence, status, reason, due_at, tries, cost_micros, currency, provider_message_id)
  where d.tenant = $1 and d.id = given.delivery_id and d.fence = given.fence
    and d.lease_until is not null and d.status not in ${ENDS}
  returning d.id as "deliveryId", d.campaign_id as "campaignId"`

const END_ATTEMPTS = `
  with given as materialized (
    select $1::text as tenant, delivery_id, attempt_id, outcome, code, provider_message_id
    from unnest((select $2::text[]), (select $3::text[]), (select $4::text[]), (select $5::text[]), (select $6::text[]))
      as given(delivery_id, attempt_id, outcome, code, provider_message_id))
  update ${SCHEMA}.attempts as a set ended_at = $7, outcome = given.outcome, code = given.code,
    provider_message_id = given.provider_message_id
  from given
  where a.tenant = given.tenant and a.delivery_id = given.delivery_id and a.id = given.attempt_id and a.ended_at is null`

const KEYS = `
  insert into ${SCHEMA}.event_keys (tenant, key, recorded_at)
  select $1, given.key, given.recorded_at from unnest($2::text[], $3::float8[]) as given(key, recorded_at)
  where (select count(pg_advisory_xact_lock_shared(hashtextextended(name, 7240113))) >= 0
    from unnest($4::text[]) as asked(name))
  order by given.key on conflict (tenant, key) do nothing returning key`

const EVENT_COLUMNS =
  'key, part, campaign_id, type, at, recorded_at, customer_id, delivery_id, attributions, amount_minor, cost_micros, currency, reason, url, machine'

const EVENTS = `
  insert into ${SCHEMA}.events (tenant, ${EVENT_COLUMNS})
  select $1, given.key, given.part, given.campaign_id, given.type, given.at, given.recorded_at, given.customer_id,
    given.delivery_id, given.attributions::json, given.amount_minor, given.cost_micros, given.currency, given.reason,
    given.url, given.machine
  from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::text[], $9::text[],
    $10::text[], $11::float8[], $12::float8[], $13::text[], $14::text[], $15::text[], $16::bool[])
    as given(${EVENT_COLUMNS})`

const MARKS = `
  insert into ${SCHEMA}.counted_members as kept (tenant, cell, customer_id, human, amount)
  select $1, given.cell::uuid, given.customer_id, given.human, given.amount
  from unnest($2::text[], $3::text[], $4::bool[], $5::float8[]) as given(cell, customer_id, human, amount)
  order by given.customer_id, given.cell
  on conflict (tenant, customer_id, cell) do update set was_human = kept.human, was_amount = kept.amount,
    human = kept.human or excluded.human, amount = kept.amount + excluded.amount
  returning cell::text, customer_id, was_human, was_amount`

const COUNTER_COLUMNS =
  'campaign_id, run_id, arm, channel, segment, type, currency, total, members, human_members, machine, amount_minor, amount_squares, cost_micros'

const COUNTERS = `
  insert into ${SCHEMA}.counters as kept (tenant, shard, ${COUNTER_COLUMNS})
  select $1, mod(pg_backend_pid(), 8), given.campaign_id, given.run_id, given.arm, given.channel, given.segment,
    given.type, given.currency, given.total, given.members, given.human_members, given.machine,
    given.amount_minor::numeric, given.amount_squares::numeric, given.cost_micros::numeric
  from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::float8[],
    $10::float8[], $11::float8[], $12::float8[], $13::text[], $14::text[], $15::text[]) as given(${COUNTER_COLUMNS})
  order by given.campaign_id, given.run_id, given.arm, given.channel, given.segment, given.type, given.currency
  on conflict (tenant, campaign_id, run_id, arm, channel, segment, type, currency, shard) do update set
    total = kept.total + excluded.total, members = kept.members + excluded.members,
    human_members = kept.human_members + excluded.human_members, machine = kept.machine + excluded.machine,
    amount_minor = kept.amount_minor + excluded.amount_minor,
    amount_squares = kept.amount_squares + excluded.amount_squares,
    cost_micros = kept.cost_micros + excluded.cost_micros`

const ofAll = <Value>(rows: readonly unknown[], value: Value): Value[] => rows.map(() => value)

const keyOf = (customerId: string) => `2026a:${customerId.padStart(64, '0')}`

/** A chunk that may go out. */
async function claim(): Promise<readonly Claimed[]> {
  const now = Date.now()
  const asked = [TENANT, runId, 'sms', now, CHUNK, worker, now + LEASE_MS]
  await pool.query(CLAIM_IN_DOUBT, asked)
  const { rows } = await pool.query<Claimed>(CLAIM, asked)
  if (rows.length === 0) return rows
  const people = rows.map(({ customer_id: id }) => id)
  await pool.query(CUSTOMERS, [TENANT, people])
  await Promise.all([
    pool.query(CONSENTS, [TENANT, people]),
    pool.query(SUPPRESSIONS, [TENANT, people.map(keyOf)]),
  ])
  return rows
}

async function lookBack(): Promise<void> {
  await pool.query(CAMPAIGN, [TENANT, campaignId])
  await pool.query(PROGRESS, [TENANT, campaignId])
}

async function reserve(count: number): Promise<void> {
  const keys = [`bare ${campaignId}`, 'bare account']
  const limits = [keys, [PACE_SPACING_MS, 0], [PACE_SLACK_MS, PACE_SLACK_MS]]
  await pool.query({ name: 'reserve', text: RESERVE }, [...limits, count, Date.now(), HORIZON_MS])
}

async function open(group: readonly Claimed[], attemptIds: readonly string[]): Promise<void> {
  const now = Date.now()
  const fences = group.map(({ fence }) => fence)
  const keys = group.map(({ customer_id: id }) => keyOf(id))
  const ids = group.map(({ id }) => id)
  await pool.query({ name: 'open', text: OPEN }, [
    TENANT,
    ids,
    fences,
    attemptIds,
    keys,
    worker,
    now + LEASE_MS + 10_000,
    now,
  ])
}

let accepted = 0

async function settle(group: readonly Claimed[], attemptIds: readonly string[]): Promise<void> {
  const now = Date.now()
  const ids = group.map(({ id }) => id)
  const fences = group.map(({ fence }) => fence)
  const [none, zeros] = [ofAll(group, null), ofAll(group, 0)]
  const providers = group.map(() => {
    accepted += 1
    return `bare-${process.pid}-${accepted}`
  })
  const moved = [ids, fences, ofAll(group, 'sent'), none, ofAll(group, now), ofAll(group, 1), zeros, none]
  const client = await pool.connect()
  try {
    await client.query('BEGIN;')
    await client.query({ name: 'settle', text: SETTLE }, [TENANT, ...moved, providers, now])
    await client.query({ name: 'end_attempts', text: END_ATTEMPTS }, [
      ...[TENANT, ids, attemptIds, ofAll(group, 'accepted'), none, providers, now],
    ])
    await record(client, group, now)
    await client.query('COMMIT;')
  } finally {
    client.release()
  }
}

async function record(client: PoolClient, group: readonly Claimed[], now: number): Promise<void> {
  const keys = group.map(({ id }) => `sent:${id}`)
  const people = group.map(({ customer_id: id }) => id)
  const [none, zeros, nows] = [ofAll(group, null), ofAll(group, 0), ofAll(group, now)]
  const attributions = group.map(({ arm }) =>
    JSON.stringify([{ campaignId, runId, arm, channel: 'sms', segments: [] }]),
  )
  await client.query({ name: 'keys', text: KEYS }, [TENANT, keys, nows, [`${TENANT} 1`]])
  await client.query({ name: 'events', text: EVENTS }, [
    ...[TENANT, keys, zeros, ofAll(group, campaignId), ofAll(group, 'sent'), nows, nows, people],
    ...[group.map(({ id }) => id), attributions, zeros, zeros, none, none, none, ofAll(group, false)],
  ])
  const marks = group.flatMap(({ customer_id: customerId }) => cells.map(({ id }) => ({ id, customerId })))
  await client.query({ name: 'marks', text: MARKS }, [
    ...[TENANT, marks.map(({ id }) => id), marks.map(({ customerId }) => customerId)],
    ...[ofAll(marks, true), ofAll(marks, 0)],
  ])
  const [arm = 'all'] = group.map((each) => each.arm)
  const counts = ofAll(cells, group.length)
  await client.query({ name: 'counters', text: COUNTERS }, [
    ...[TENANT, ofAll(cells, campaignId), ofAll(cells, runId), ofAll(cells, arm)],
    ...[cells.map(({ channel }) => channel), ofAll(cells, ''), ofAll(cells, 'sent'), ofAll(cells, '')],
    ...[counts, counts, counts, ofAll(cells, 0), ofAll(cells, '0'), ofAll(cells, '0'), ofAll(cells, '0')],
  ])
}

async function deliverAll(): Promise<void> {
  let ahead = claim()
  for (let chunk = await ahead; chunk.length > 0; chunk = await ahead) {
    ahead = claim()
    const groups: (readonly Claimed[])[] = []
    for (let first = 0; first < chunk.length; first += GROUP) groups.push(chunk.slice(first, first + GROUP))
    const lane = async () => {
      for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
        const attemptIds = group.map(() => randomUUID())
        await reserve(group.length)
        await open(group, attemptIds)
        await settle(group, attemptIds)
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    await lookBack()
  }
}

let begun = process.cpuUsage()
process.on('message', async (said) => {
  if (said === 'go') {
    await deliverAll()
    return
  }
  if (said === 'measure') {
    begun = process.cpuUsage()
    return
  }
  const { user, system } = process.cpuUsage(begun)
  const measured = { cpuMs: (user + system) / 1_000, ...(await residentMemory()) }
  // the server may be stopped as soon as this is told
  await pool.end()
  process.send?.(measured)
  process.disconnect()
})
await pool.query('select 1')
process.send?.('ready')
