import { customerPatchSchema, type Storage } from '@campaignkit/core/adapter'
import { sampleEvent, sampleJournalEntry, sampleScope, sampleSegment } from '@campaignkit/core/testing'
import { PGlite } from '@electric-sql/pglite'
import createKnex, { type Knex } from 'knex'
import ClientPgLite from 'knex-pglite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage
const opened: Knex[] = []

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterEach(async () => {
  await Promise.all(opened.splice(0).map((knex) => knex.destroy()))
})

afterAll(() => test.stop())

const scope = sampleScope('pizzeria')
const entryOf = (id: string) => sampleJournalEntry({ id })
const asText = (shown: string) => `${shown} as the host reads it`

/** Connections to the server by which a host reads each and every type in a way of its own. */
function openServer(): Knex {
  const types = { getTypeParser: () => asText }
  const connection = { connectionString: test.server.url, types } as Knex.PgConnectionConfig
  const knex = createKnex({ client: 'pg', connection, pool: { min: 0, max: 4 } })
  opened.push(knex)
  return knex
}

/** The same of PGlite, for the types that the kit has answers of. */
function openPglite(): Knex {
  const parsers = Object.fromEntries([16, 23, 114, 701, 1009, 3802].map((type) => [type, asText]))
  const connection = { pglite: new PGlite({ parsers }) } as Knex.StaticConnectionConfig
  const knex = createKnex({ client: ClientPgLite, dialect: 'postgres', connection })
  opened.push(knex)
  return knex
}

const patch = customerPatchSchema.parse({
  id: 'c-1',
  tags: ['null', 'a,b', '{c}', '"d"', '\\e', 'f\ng', 'pizza lover', '🍕', '[0:1]={h}'],
  facts: { lastOrderAt: 1_772_323_200_123, orderCount: 3, totalSpentMinor: Number.MAX_SAFE_INTEGER },
  attributes: { city: 'Rome', points: 0.1, vip: true, likes: ['wine', 'null'] },
})

/** What the storage writes and reads again, by columns of every type. */
async function writeAndRead(storage: Pick<Storage, 'customers' | 'segments' | 'events'>, id: string) {
  const { customers, segments, events } = storage
  const segment = sampleSegment({ name: id, criteria: { type: 'tags', match: 'any', tags: ['null'] } })
  const event = sampleEvent({ key: id, customerId: patch.id, amountMinor: 12, machine: false })
  await customers.upsert(scope, [patch], entryOf(`${id}-customer`))
  await segments.put(scope, segment, null, entryOf(`${id}-segment`))
  await events.append(scope, [event])
  return {
    customer: (await customers.get(scope, [patch.id]))[0],
    segment: (await segments.get(scope, [id]))[0],
    event: (await events.ofCustomer(scope, patch.id)).find(({ key }) => key === id),
    expected: { segment, event },
  }
}

describe.each([
  ['a server', openServer],
  ['PGlite', openPglite],
])('a host that reads types of %s in ways of its own', (name, open) => {
  it('hears from the storage what was written', async () => {
    const knex = open()
    const storage = createPostgresStorage({ knex, schema: test.schema })
    await storage.migrate()
    const { customer, segment, event, expected } = await writeAndRead(storage, `${name} alone`)
    expect(customer).toMatchObject({ ...patch, tags: [...(patch.tags ?? [])].sort() })
    expect(segment).toEqual(expected.segment)
    expect(event).toEqual(expected.event)
    const rule = { type: 'tags', match: 'any', tags: ['null'] } as const
    await expect(storage.countMatching(scope, rule, { asOf: 0 })).resolves.toBe(1)
    await expect(storage.maintain({ now: 1_772_323_200_000 })).resolves.toMatchObject({ outcome: 'done' })
  })

  it('hears it within a transaction, and reads its own as before', async () => {
    const knex = open()
    const storage = createPostgresStorage({ knex, schema: test.schema })
    await storage.migrate()
    const joined = await knex.transaction(async (transaction) => {
      const enlisted = storage.enlist?.(transaction)
      const { segment, event, expected } = await writeAndRead(enlisted?.storage ?? storage, `${name} joined`)
      expect(segment).toEqual(expected.segment)
      expect(event).toEqual(expected.event)
      const { rows } = await transaction.raw<{ rows: unknown[] }>('select 1 as one')
      expect(rows).toEqual([{ one: '1 as the host reads it' }])
      return enlisted
    })
    await expect(joined?.committed).resolves.toBe(true)
  })
})
