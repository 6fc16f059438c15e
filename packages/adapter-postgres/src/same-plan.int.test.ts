import {
  type CampaignInput,
  type CampaignKit,
  type CampaignKitOptions,
  createCampaignKit,
} from '@campaignkit/core'
import {
  addressKeyOf,
  type CampaignId,
  type CustomerId,
  HOUR_MS,
  type Member,
  type Run,
  type RunId,
  type Scope,
  type Storage,
} from '@campaignkit/core/adapter'
import {
  createManualClock,
  createRecordingChannel,
  createSeededRandom,
  createSequentialIds,
  sampleConsent,
  sampleEvent,
  sampleJournalEntry,
  sampleScope,
} from '@campaignkit/core/testing'
import fc from 'fast-check'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { NOW } from './matching/random-rules.fixture.js'
import { HOST_WORLD, type World, world } from './random-audience.fixture.js'
import { openTestStorage, START_MS } from './test-storage.fixture.js'

/** Audiences that are planned in both ways: more with PLANNED_AUDIENCES. */
const AUDIENCES = Number(process.env.PLANNED_AUDIENCES ?? 25)
const SEED = 20_261_126
const MOST_TURNS = 20
const SECRETS = [
  { id: 'new', key: 'a secret of the pizzeria, long enough' },
  { id: 'old', key: 'an older one of them, as long as that' },
] as const

let knex: Knex
let stop: () => Promise<void>
let inDatabase: Storage
let byPage: Storage
/** Stretches that were planned in the database, by what the engine said of their contacts and alone. */
let asked = 0
let alone = 0
let schema: string

beforeAll(async () => {
  let storage: PostgresStorage
  ;({ knex, schema, storage, stop } = await openTestStorage())
  inDatabase = { ...storage, databasePlanner: counting(storage.databasePlanner) }
  const other = createPostgresStorage({ knex, schema: `${schema}_by_page` })
  await other.migrate()
  byPage = {
    ...other,
    capabilities: { ...other.capabilities, plansInDatabase: false },
    databasePlanner: null,
  }
}, START_MS)

afterAll(async () => {
  await knex.raw(`drop schema "${schema}_by_page" cascade`)
  await stop()
})

function counting(planner: Storage['databasePlanner']): Storage['databasePlanner'] {
  if (planner === null) return null
  const planStretch: typeof planner.planStretch = (...given) => {
    asked += 1
    return planner.planStretch(...given)
  }
  const planAlone: typeof planner.planAlone = async (...given) => {
    const count = await planner.planAlone(...given)
    if (count !== null) alone += 1
    return count
  }
  return { ...planner, planStretch, planAlone }
}

/** What a campaign to the world comes to, on one of the two. */
async function freezeOn(storage: Storage, scope: Scope, { people, ...given }: World) {
  const idOf = (at: number) => `${given.decomposed && at % 7 === 0 ? 'e\u0301' : 'c'}-${at}`
  const clock = createManualClock({ startsAt: NOW })
  const sms = createRecordingChannel({ kind: 'sms' })
  const root = createCampaignKit({
    storage,
    channels: { email: createRecordingChannel(), sms },
    publicUrl: 'https://go.pizza.example',
    secrets: SECRETS,
    clock,
    random: createSeededRandom(scope.tenant),
    ids: createSequentialIds(scope.tenant),
    tenants: () => ({
      timeZone: 'Europe/Rome',
      exclusionGroups: { spring: { salt: 'of the spring' } },
      ...(given.globalHoldout === 0
        ? {}
        : { globalHoldout: { share: given.globalHoldout, salt: 'of the tenant' } }),
      sealed: given.sealed ? ['addresses.phone'] : [],
    }),
  } satisfies CampaignKitOptions)
  const kit = root.as({ ...scope, actor: { ...scope.actor, roles: [...scope.actor.roles] } })
  if (people.length > 0)
    await kit.customers.upsert(
      people.map(({ email, own, phone, tags: held, attributes, timeZone }, at) => ({
        id: idOf(at),
        tags: [...held],
        attributes,
        addresses: { email: own ? `own-${at}@example.com` : email, phone },
        ...(timeZone === undefined ? {} : { timeZone }),
      })),
    )
  await record(storage, scope, people, idOf)
  for (const [at, criteria] of given.segments.entries())
    await kit.segments.save({ name: ['First', 'Second'][at] ?? '', criteria })
  const { id } = await kit.campaigns.create(campaignOf(given))
  await kit.campaigns.launch(id)
  // when that hour has come where the day begins first
  if (given.inZones) await clock.advance(2 * HOUR_MS)
  const run = await frozenRun(root.worker(), () => storage.campaigns.runsOf(scope, id))
  const outcome = await outcomeOf(storage, scope, run.id, id)
  // or a worker of the next world would send what this one has left
  if (run.status === 'open') await kit.campaigns.cancel(id, 'it was looked at')
  return outcome
}

/** Takes turns until the run is frozen, and none in which something would be sent. */
async function frozenRun(
  worker: ReturnType<CampaignKit['worker']>,
  runs: () => Promise<readonly Run[]>,
): Promise<Run> {
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    const [run] = await runs()
    if (run?.freeze.phase === 'frozen' || run?.status === 'ended') return run
    await worker.tick()
  }
  throw new Error('the run is not frozen')
}

async function record(
  storage: Storage,
  scope: Scope,
  people: World['people'],
  idOf: (at: number) => string,
): Promise<void> {
  const consents = people.flatMap((each, at) =>
    each.consents.map((consent) => sampleConsent({ ...consent, customerId: idOf(at) })),
  )
  await storage.consents.record(scope, consents, sampleJournalEntry({ id: `consents of ${scope.tenant}` }))
  const suppressions = people.flatMap(({ suppressed, phone }) => {
    const secret = SECRETS.find(({ id }) => id === suppressed)
    if (secret === undefined || phone === undefined) return []
    const addressKey = addressKeyOf(secret, 'sms', phone)
    return [{ channel: 'sms' as const, addressKey, reason: 'complained' as const, since: NOW }]
  })
  await storage.consents.suppress(
    scope,
    suppressions,
    sampleJournalEntry({ id: `suppressions of ${scope.tenant}` }),
  )
  const events = people.flatMap((each, at) =>
    each.events.map((event, turn) =>
      sampleEvent({ ...event, key: `${at} ${turn}`, customerId: idOf(at) as CustomerId }),
    ),
  )
  await storage.events.append(scope, events)
}

function campaignOf(given: Omit<World, 'people'>): CampaignInput {
  const { audience, channels, isFirst, purpose, hasExperiment, inZones, slots } = given
  const messages = {
    ...(channels.includes('email') ? { email: { subject: 'Hello', html: '<p>Hello</p>' } } : {}),
    ...(channels.includes('sms') ? { sms: { body: 'Hello' } } : {}),
  }
  return {
    name: 'We miss you',
    audience,
    purpose,
    messages,
    ...(isFirst && channels.length > 1 ? { delivery: { firstOf: [...channels] } } : {}),
    ...(hasExperiment
      ? { experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.2, minContacts: 1 } }
      : {}),
    ...(inZones ? { schedule: { type: 'once', at: '2026-03-01T15:00', zone: 'recipient' } } : {}),
    ...(slots ? { exclusionGroup: { name: 'spring', slots: { from: 0, to: 600 } } } : {}),
  }
}

/** Members and first deliveries, without what comes of sending. */
async function outcomeOf(storage: Storage, scope: Scope, runId: RunId, campaignId: CampaignId) {
  const page = { cursor: null, limit: 1_000 }
  const { items: members }: { readonly items: readonly Member[] } = await storage.audience.list(
    scope,
    runId,
    {},
    page,
  )
  const { items } = await storage.deliveries.list(scope, campaignId, {}, page)
  const deliveries = items.map(({ id, customerId, channel: on, step, arm, rank, segments, firstDueAt }) => [
    ...[id, customerId, on, step, arm, rank, segments, firstDueAt],
  ])
  return { members, deliveries, counts: await storage.audience.counts(scope, runId) }
}

describe('An audience that is planned in the database', () => {
  it('has the same members, ranks and arms as one that is planned page by page', async () => {
    let worlds = 0
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        worlds += 1
        const scope = sampleScope(`tenant-${worlds}`)
        const ours = await freezeOn(inDatabase, scope, given)
        const theirs = await freezeOn(byPage, scope, given)
        expect(ours).toEqual(theirs)
        for (const { exclusion, arm } of ours.members) seen.add(exclusion ?? arm ?? 'none')
      }),
      { numRuns: AUDIENCES, seed: SEED, endOnFailure: true },
    )
    expect(asked).toBeGreaterThan(AUDIENCES / 5)
    expect(alone).toBeGreaterThan(AUDIENCES / 5)
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'duplicateAddress',
        'globalHoldout',
        'noAddress',
        'noConsent',
        'consentDenied',
        'suppressed',
        'otherCampaign',
        'plain',
      ]),
    )
  }, 600_000)

  it('is so of customers in a table of the host', async () => {
    await knex.raw(
      `create table "${schema}".people (number int primary key, mail text, labels text[] collate "und-x-icu")`,
    )
    await knex.raw(
      `insert into "${schema}".people values (9, 'i@example.com', null), (10, 'j@example.com', '{b,a,null,b,ｚ,🍕}'),
        (-1, null, '{}'), (2, 'k@example.com', '{Z}')`,
    )
    const customers = {
      schema,
      table: 'people',
      tenant: { only: 'host' },
      id: 'number',
      tags: 'labels',
      addresses: { email: 'mail' },
    } as const
    const scope = sampleScope('host')
    const outcomes = []
    for (const own of [inDatabase, byPage]) {
      const mapped = createPostgresStorage({
        knex,
        schema: own === byPage ? `${schema}_by_page` : schema,
        customers,
      })
      const storage: Storage = { ...mapped, databasePlanner: own === byPage ? null : mapped.databasePlanner }
      outcomes.push(await freezeOn(storage, scope, HOST_WORLD))
    }
    const [ours, theirs] = outcomes
    expect(ours).toEqual(theirs)
    expect(ours?.members.map(({ customerId, tags: held }) => [customerId, held])).toEqual([
      ['-1', []],
      ['10', ['a', 'b', 'ｚ', '🍕']],
      ['2', ['Z']],
      ['9', []],
    ])
  }, 60_000)

  it('is so of a view of the host in which some have no id, and none where two have the same', async () => {
    await knex.raw(`create table "${schema}".rows_of_people (id uuid, mail text)`)
    await knex.raw(`create view "${schema}".people_seen as select * from "${schema}".rows_of_people`)
    const number = (at: number) => `00000000-0000-4000-8000-00000000000${at}`
    const insert = (id: string | null, mail: string) =>
      knex.raw(`insert into "${schema}".rows_of_people values (?, ?)`, [id, mail])
    await insert(number(1), 'a@example.com')
    await insert(null, 'b@example.com')
    await insert(number(2), 'c@example.com')
    const freezeInBoth = async (tenant: string) => {
      const customers = {
        ...{ schema, table: 'people_seen', tenant: { only: tenant }, id: 'id' },
        addresses: { email: 'mail' },
      } as const
      const mapped = createPostgresStorage({ knex, schema, customers })
      const paged = createPostgresStorage({ knex, schema: `${schema}_by_page`, customers })
      const both = [mapped, { ...paged, databasePlanner: null }] satisfies Storage[]
      return Promise.allSettled(both.map((storage) => freezeOn(storage, sampleScope(tenant), HOST_WORLD)))
    }
    for (const frozen of await freezeInBoth('view')) {
      const ids =
        frozen.status === 'fulfilled'
          ? frozen.value.members.map(({ customerId }) => customerId)
          : frozen.reason
      expect(ids).toEqual([number(1), number(2)])
    }
    await insert(number(1), 'd@example.com')
    const refused = { status: 'rejected', reason: { code: 'INVALID_INPUT', path: 'customers.id' } }
    expect(await freezeInBoth('doubled view')).toMatchObject([refused, refused])
  }, 60_000)
})
