// Events with deduplication and counters, in batches of 1,000, one after the other and some at the same time, and one by one
// with 200 callers at once, beside the bare multi-row insert of the same rows, in as many statements at the same time; a
// figure is the median of rounds that take turns.
//   --rounds N  rounds of each (7)    --events N  events of a round (20,000)    --customers N  customers (10,000)
//   --at-once N  batches that are under way at the same time (2)
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import { createCampaignKit, everyone, type TenantKit } from '@campaignkit/core'
import type { CampaignEvent } from '@campaignkit/core/adapter'
import {
  createDirectInFlight,
  createManualClock,
  createRecordingChannel,
  sampleScope,
} from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { startPostgres } from '../../../packages/adapter-postgres/src/postgres-server.fixture.js'
import { median } from '../measure.js'
import { figure } from '../table.js'

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    events: { type: 'string', default: '20000' },
    customers: { type: 'string', default: '10000' },
    'at-once': { type: 'string', default: '2' },
  },
})
const [ROUNDS, EVENTS, CUSTOMERS, AT_ONCE] = [
  values.rounds,
  values.events,
  values.customers,
  values['at-once'],
].map(Number) as [number, number, number, number]
const BATCH = 1_000
const CALLERS = 200

/** A round of work; resolves to how long it took in milliseconds. */
type Round = () => Promise<number>

const timed = async (work: () => Promise<void>): Promise<number> => {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** The events of a round in batches, some of them under way at the same time. */
const inBatches = (atOnce: number, write: () => Promise<unknown>): Promise<number> =>
  timed(async () => {
    let left = EVENTS / BATCH
    const lane = async () => {
      while (left > 0) {
        left -= 1
        await write()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
  })

let keys = 0
const nextKey = () => {
  keys += 1
  return `order-${keys}`
}

/** Purchases of members of a campaign, each of whom counts in it. */
const purchase = () => {
  const key = nextKey()
  return { key, type: 'conversion', customerId: `c-${keys % CUSTOMERS}`, amountMinor: 1_250, currency: 'EUR' }
}

/** A campaign whose members are all the customers, sent to nobody's mailbox. */
async function runCampaign(root: ReturnType<typeof createCampaignKit>, kit: TenantKit): Promise<string> {
  for (let from = 0; from < CUSTOMERS; from += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, at) => `c-${from + at}`)
    await kit.customers.upsert(ids.map((id) => ({ id, addresses: { email: `${id}@example.com` } })))
  }
  const campaign = await kit.campaigns.create({
    name: 'We miss you',
    purpose: 'transactional',
    audience: everyone(),
    messages: { email: { subject: 'We miss you', text: 'Come back.' } },
    pace: { email: { limit: 10_000_000, periodMs: 1_000 } },
  })
  await kit.campaigns.launch(campaign.id)
  await root.worker().drain()
  return campaign.id
}

/** The rows of events, written with nothing else: into the same table without the indexes being any fewer. */
function bareRound(knex: Knex, schema: string, sample: CampaignEvent): (atOnce: number) => Round {
  const columns =
    'tenant, key, part, campaign_id, type, at, recorded_at, customer_id, attributions, amount_minor, cost_micros, currency, machine'
  const row = `(${columns
    .split(', ')
    .map(() => '?')
    .join(', ')})`
  const insert = `insert into "${schema}".bare_events (${columns}) values ${Array.from({ length: BATCH }, () => row).join(', ')}`
  const attributions = JSON.stringify(sample.attributions)
  const campaignId = sample.attributions[0]?.campaignId ?? null
  return (atOnce) => () =>
    inBatches(atOnce, () => {
      const bindings = Array.from({ length: BATCH }, purchase).flatMap(
        ({ key, type, customerId, amountMinor }) => [
          ...['pizzeria', key, 0, campaignId, type, sample.at, sample.recordedAt, customerId, attributions],
          ...[amountMinor, 0, 'EUR', false],
        ],
      )
      return knex.raw(insert, bindings as Knex.RawBinding[])
    })
}

/** What is measured, and the bare insert beside which it stands. */
interface Series {
  readonly name: string
  readonly round: Round
  readonly bare: string
}

function seriesOf(
  kit: TenantKit,
  append: (events: readonly CampaignEvent[]) => Promise<unknown>,
  sample: CampaignEvent,
  bareOf: (atOnce: number) => string,
): readonly Series[] {
  const eventOf = () => {
    const { key, customerId } = purchase()
    return { ...sample, key: `tracked:${key}`, customerId } as CampaignEvent
  }
  const batches = [...new Set([1, AT_ONCE])].flatMap((atOnce): Series[] => [
    {
      name: `storage.events.append, batches of 1,000, ${atOnce} at a time`,
      round: () => inBatches(atOnce, () => append(Array.from({ length: BATCH }, eventOf))),
      bare: bareOf(atOnce),
    },
    {
      name: `kit.events.track, batches of 1,000, ${atOnce} at a time`,
      round: () => inBatches(atOnce, () => kit.events.track(Array.from({ length: BATCH }, purchase))),
      bare: bareOf(atOnce),
    },
  ])
  return [
    ...batches,
    {
      name: `kit.events.track one by one, ${CALLERS} callers`,
      round: () =>
        timed(async () => {
          const caller = async () => {
            for (let at = 0; at < EVENTS / CALLERS; at += 1) await kit.events.track(purchase())
          }
          await Promise.all(Array.from({ length: CALLERS }, caller))
        }),
      bare: bareOf(1),
    },
    {
      name: `storage.events.append one by one, ${CALLERS} callers`,
      round: async () => {
        const ms = await timed(async () => {
          const caller = async () => {
            for (let at = 0; at < EVENTS / CALLERS / 10; at += 1) await append([eventOf()])
          }
          await Promise.all(Array.from({ length: CALLERS }, caller))
        })
        return ms * 10
      },
      bare: bareOf(1),
    },
  ]
}

const server = await startPostgres()
try {
  const knex = server.connect()
  const schema = server.schemaName()
  const storage = createPostgresStorage({ knex, schema })
  await storage.migrate()
  await knex.raw(`create table "${schema}".bare_events (like "${schema}".events including all)`)
  // turns as those of the machine, so that who was answered comes again before the next batch goes
  const clock = {
    ...createManualClock({ auto: true }),
    turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
  }
  const root = createCampaignKit({
    storage,
    channels: { email: createRecordingChannel({ window: 500 }) },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
    clock,
    inFlight: createDirectInFlight(),
  })
  const scope = sampleScope('pizzeria')
  const kit = root.as({ tenant: 'pizzeria', actor: { id: 'shop', kind: 'service' } })
  const campaignId = await runCampaign(root, kit)
  await kit.events.track(purchase())
  const { items } = await storage.events.list(
    scope,
    campaignId as never,
    { types: ['conversion'] },
    { cursor: null, limit: 1 },
  )
  const [sample] = items
  if (sample === undefined) throw new Error('the purchase counted nowhere')
  const append = (events: readonly CampaignEvent[]) => storage.events.append(scope, events)
  const insertBare = bareRound(knex, schema, sample)
  const bareOf = (atOnce: number) => `bare multi-row insert, ${atOnce} at a time`
  const bare = [...new Set([1, AT_ONCE])].map((atOnce): Series => {
    const name = bareOf(atOnce)
    return { name, round: insertBare(atOnce), bare: name }
  })
  const all = [...bare, ...seriesOf(kit, append, sample, bareOf)]
  const times = new Map<string, number[]>(all.map(({ name }) => [name, []]))
  for (let turn = -1; turn < ROUNDS; turn += 1)
    for (const { name, round } of all) {
      const ms = await round()
      if (turn >= 0) times.get(name)?.push(ms)
    }
  const took = (name: string) => median(times.get(name) ?? [])
  console.log(
    `Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model}; wall time, medians of ${ROUNDS} rounds of ${EVENTS} events in turns`,
  )
  for (const { name, bare } of all) {
    const beside = name === bare ? '' : `, ${figure(took(name) / took(bare))} times the bare insert`
    console.log(`${name}: ${figure((EVENTS / took(name)) * 1_000)} a second${beside}`)
  }
} finally {
  await server.stop()
}
