import {
  type Criteria,
  type Customer,
  type CustomerDirectory,
  type CustomerId,
  type CustomerPatch,
  compileCriteria,
  eventNeeds,
  resolveSegments,
} from '@campaignkit/core/adapter'
import { sampleEvent, sampleJournalEntry, sampleScope, sampleSegment } from '@campaignkit/core/testing'
import fc from 'fast-check'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from '../create-postgres-storage.js'
import { Database } from '../database.js'
import { hostOf } from '../pool.js'
import { tablesIn } from '../tables.js'
import { openTestStorage, START_MS } from '../test-storage.fixture.js'
import { countByFactsStatement } from './count-by-facts.js'
import { createHostTable, hostMapping, hostRow, insertHostRows } from './host-table.fixture.js'
import { countStatement } from './matching-statements.js'
import { ownCustomers } from './own-customers.js'
import {
  EVENT_RULES,
  event,
  instant,
  NAMES,
  NOW,
  number,
  type RandomEvent,
  rules,
  SEGMENT_NAMES,
  scalar,
  tags,
  text,
} from './random-rules.fixture.js'

/** Tags that leave no room in the index of all facts; some customers have them. */
const MANY_TAGS = Array.from({ length: 20 }, (_, at) => `${at}`.padEnd(128, 'x'))
/** Rules that are asked of each of the two directories: 10,000 with SEGMENT_RULES=10000. */
const RULES = Number(process.env.SEGMENT_RULES ?? 300)
const RULES_A_BATCH = 100
const CUSTOMERS = 60
const SEED = 20_260_301

const customer: fc.Arbitrary<Omit<CustomerPatch, 'id'>> = fc.record(
  {
    tags,
    facts: fc.record(
      {
        lastLoginAt: instant,
        lastOrderAt: instant,
        lastConversationAt: instant,
        orderCount: number,
        totalSpentMinor: number,
        incompleteTransactions: number,
        conversationStatus: text,
      },
      { requiredKeys: [] },
    ),
    timeZone: fc.constantFrom('Europe/Rome', 'Pacific/Apia'),
    attributes: fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(scalar, fc.array(text, { maxLength: 3 })), {
      maxKeys: 5,
    }),
  },
  { requiredKeys: [] },
)

const happened = fc.array(event, { maxLength: 4 })
const batch = fc.record({
  people: fc.array(fc.tuple(customer, happened), { minLength: CUSTOMERS, maxLength: CUSTOMERS }),
  hosts: fc.array(fc.tuple(hostRow, happened), { minLength: CUSTOMERS, maxLength: CUSTOMERS }),
  segments: fc.tuple(rules([]), rules(SEGMENT_NAMES.slice(0, 1)), rules(SEGMENT_NAMES.slice(0, 2))),
  asked: fc.array(rules(SEGMENT_NAMES), { minLength: RULES_A_BATCH, maxLength: RULES_A_BATCH }),
})

let knex: Knex
let schema: string
let own: PostgresStorage
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ knex, schema, storage: own, stop } = await openTestStorage())
  await createHostTable(knex, schema)
}, START_MS)

afterAll(() => stop())

type Happened = ReadonlyMap<CustomerId, readonly RandomEvent[]>

/** Whom the matcher of the kit finds among customers, by their ids. */
function found(criteria: Criteria, customers: readonly Customer[], events: Happened): readonly CustomerId[] {
  const matches = compileCriteria(criteria, { now: NOW })
  const needs = eventNeeds(criteria, NOW)
  return customers
    .filter((each) => {
      const counts = needs.map(({ key, type, since }) => {
        const counted = (events.get(each.id) ?? []).filter(
          ({ type: kind, at }) => kind === type && (since === null || at > since) && at <= NOW,
        )
        return [key, counted.length] as const
      })
      return matches(each, new Map(counts))
    })
    .map(({ id }) => id)
}

async function scanned(directory: CustomerDirectory, tenant: string, criteria: Criteria, limit: number) {
  const ids: CustomerId[] = []
  let after: CustomerId | null = null
  do {
    const request = { criteria, asOf: NOW }
    const page: Awaited<ReturnType<NonNullable<CustomerDirectory['scanMatching']>>> | undefined =
      await directory.scanMatching?.(sampleScope(tenant), request, { after, limit })
    ids.push(...(page?.customers.map(({ id }) => id) ?? []))
    after = page?.next ?? null
  } while (after !== null)
  return ids
}

async function writeEvents(storage: PostgresStorage, tenant: string, events: Happened): Promise<void> {
  const [attribution] = sampleEvent().attributions
  const rows = [...events].flatMap(([customerId, list]) =>
    list.map((each, at) => {
      const key = `${customerId} ${at}`
      // of no campaign, of one, of two: each counts once
      const campaigns = ['campaign-1', 'campaign-2'].slice(0, at % 3)
      const attributions = campaigns.map((campaignId) => ({ ...attribution, campaignId }))
      return sampleEvent({ ...each, key, customerId, attributions: attributions as never })
    }),
  )
  if (rows.length > 0) await storage.events.append(sampleScope(tenant), rows)
}

/** How many match by each of the ways that there are of counting our own customers, whichever the planner likes. */
async function countedByEachWay(
  tenant: string,
  criteria: Criteria,
  cuts: readonly CustomerId[],
): Promise<readonly number[]> {
  const tables = tablesIn(schema)
  const place = { source: ownCustomers(tables), tables, tenant: sampleScope(tenant).tenant }
  const request = { criteria, asOf: NOW }
  const ways = [
    countStatement(place, request),
    countByFactsStatement(place, request),
    countByFactsStatement(place, request, cuts),
  ]
  const database = new Database(hostOf(knex))
  const answers = ways.flatMap((way) =>
    way === null ? [] : [database.rows<{ readonly count: number }>(way)],
  )
  return (await Promise.all(answers)).flatMap((rows) => rows.map(({ count }) => count))
}

type Asked = Readonly<Record<'segments' | 'asked', readonly Criteria[]>>

async function expectTheSame(
  storage: PostgresStorage,
  tenant: string,
  events: Happened,
  { segments, asked }: Asked,
) {
  const scope = sampleScope(tenant)
  await writeEvents(storage, tenant, events)
  const named = new Map(segments.map((criteria, at) => [SEGMENT_NAMES[at] ?? '', criteria]))
  for (const [name, criteria] of named) {
    const entry = sampleJournalEntry({ id: `${tenant} ${name}` })
    await storage.segments.put(scope, sampleSegment({ name, criteria }), null, entry)
  }
  const customers = await storage.customers.scan(scope, { after: null, limit: 10_000 })
  expect(customers.length).toBe(CUSTOMERS)
  const cuts = [0.1, 0.5].flatMap((share) => customers[CUSTOMERS * share]?.id ?? [])
  for (const criteria of [...EVENT_RULES, ...asked]) {
    const resolved = resolveSegments(criteria, named)
    const expected = found(resolved, customers, events)
    const what = JSON.stringify(resolved)
    expect([what, await scanned(storage.customers, tenant, resolved, 10_000)]).toEqual([what, expected])
    expect([what, await storage.countMatching(scope, criteria, { asOf: NOW })]).toEqual([
      what,
      expected.length,
    ])
    if (storage === own)
      for (const counted of await countedByEachWay(tenant, resolved, cuts))
        expect([what, counted]).toEqual([what, expected.length])
    if (expected.length % 7 === 3)
      expect([what, await scanned(storage.customers, tenant, resolved, 2)]).toEqual([what, expected])
  }
}

const happenedTo = (people: readonly (readonly [unknown, readonly RandomEvent[]])[]): Happened =>
  new Map(people.map(([, events], at) => [idOf(at), events]))

const idOf = (at: number) => `${['c', 'C', 'é', '🍕', 'ｚ', "'"][at % 6]}${at}` as CustomerId

describe('rules that are asked in the database', () => {
  const batches = fc.sample(batch, { seed: SEED, numRuns: Math.ceil(RULES / RULES_A_BATCH) })

  it(`select the same customers as the matcher of the kit: ${RULES} rules`, async () => {
    for (const [number, { people, ...asked }] of batches.entries()) {
      const tenant = `tenant-${number}`
      const patches = people.map(([patch], at) => ({
        ...patch,
        ...(at % 5 === 0 && { tags: [...(patch.tags ?? []), ...MANY_TAGS] }),
        id: idOf(at),
      }))
      await own.customers.upsert(sampleScope(tenant), patches, sampleJournalEntry({ id: tenant }))
      await expectTheSame(own, tenant, happenedTo(people), asked)
    }
  }, 3_600_000)

  it(`select the same of the host's own customers: ${RULES} rules`, async () => {
    const mapped = createPostgresStorage({ knex, schema, customers: hostMapping(schema) })
    for (const [number, { hosts, ...asked }] of batches.entries()) {
      const shop = `host-${number}`
      const rows = hosts.map(([row], at) => ({ ...row, user_id: idOf(at), shop }))
      await insertHostRows(knex, schema, rows)
      await expectTheSame(mapped, shop, happenedTo(hosts), asked)
    }
  }, 3_600_000)
})
