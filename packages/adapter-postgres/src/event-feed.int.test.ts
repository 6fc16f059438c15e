import type { FedEvent } from '@campaignkit/core/adapter'
import { sampleEvent, sampleScope } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS } from './test-storage.fixture.js'

let knex: Knex
let schema: string
let storage: PostgresStorage
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ knex, schema, storage, stop } = await openTestStorage())
}, START_MS)

afterAll(() => stop())

beforeEach(async () => {
  for (const table of ['events', 'event_keys', 'event_sinks']) await knex.withSchema(schema).from(table).del()
})

const scope = sampleScope('pizzeria')
const keysOf = (fed: readonly FedEvent[]) => fed.map(({ event }) => event.key)
const read = async (after: string | null = null, limit = 1_000) => storage.eventFeed.read({ after, limit })
/** An event that counts nowhere: writers of the same counts wait for each other. */
const eventOf = (key: string) => sampleEvent({ key, attributions: [] })
/** How long the feed may be held back: on a server of `DATABASE_URL` others have transactions open, on one of our own nobody. */
const PATIENCE_MS = process.env.DATABASE_URL === undefined ? 0 : 10_000
/** What is read of so many events. */
async function readAll(count: number, after: string | null = null): Promise<readonly FedEvent[]> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const fed = await read(after)
    if (fed.length >= count || Date.now() >= until) return fed
  }
}
const append = (key: string) => storage.events.append(scope, [eventOf(key)])

describe('the feed of events', () => {
  it('holds back what stands behind an open transaction of a host, and then loses none', async () => {
    await append('before')
    const transaction = await knex.transaction()
    const enlisted = storage.enlist?.(transaction)
    await enlisted?.storage.events.append(scope, [eventOf('within')])
    await append('after')
    const early = await readAll(1)
    expect(keysOf(early)).toEqual(['before'])
    const { waiting } = await storage.eventFeed.state('sink', 10)
    expect(waiting).toBe(2)
    await transaction.commit()
    await enlisted?.committed
    expect(keysOf(await readAll(2, early.at(-1)?.position))).toEqual(['within', 'after'])
  })

  it('passes over what was taken back', async () => {
    const transaction = await knex.transaction()
    const enlisted = storage.enlist?.(transaction)
    await enlisted?.storage.events.append(scope, [eventOf('within')])
    await append('after')
    await transaction.rollback()
    expect(keysOf(await readAll(1))).toEqual(['after'])
  })

  it('tells apart what a transaction of a host writes for two tenants with one key at one moment', async () => {
    const transaction = await knex.transaction()
    const enlisted = storage.enlist?.(transaction)
    for (const tenant of ['trattoria', 'pizzeria'])
      await enlisted?.storage.events.append(sampleScope(tenant), [eventOf('order-1')])
    await transaction.commit()
    await readAll(2)
    const [first] = await read(null, 1)
    const [second] = await read(first?.position, 1)
    expect([first?.tenant, second?.tenant]).toEqual(['pizzeria', 'trattoria'])
    expect(await read(second?.position)).toEqual([])
  })

  it('is read whole while many write at once, page by page', async () => {
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let at = 0; at < 25; at += 1) {
        await storage.events.append(
          scope,
          [0, 1, 2].map((each) => sampleEvent({ key: `${writer}-${at}-${each}` })),
        )
      }
    })
    const seen: string[] = []
    let position: string | null = null
    let isWriting = true
    const written = Promise.all(writers).finally(() => {
      isWriting = false
    })
    const until = Date.now() + PATIENCE_MS
    for (let isLast = false; !isLast; ) {
      isLast = !isWriting && (seen.length >= 600 || Date.now() >= until)
      for (;;) {
        const page = await read(position, 7)
        if (page.length === 0) break
        seen.push(...keysOf(page))
        position = page.at(-1)?.position ?? position
      }
    }
    await written
    expect(seen).toHaveLength(600)
    expect(new Set(seen).size).toBe(600)
    for (let writer = 0; writer < 8; writer += 1) {
      const own = seen.filter((key) => key.startsWith(`${writer}-`)).map((key) => Number(key.split('-')[1]))
      expect(own).toEqual(own.toSorted((left, right) => left - right))
    }
  })

  it('is found by its index from a place on', async () => {
    for (let at = 0; at < 20; at += 1) await append(`e-${at}`)
    await readAll(20)
    const [first] = await read(null, 1)
    const [xid] = JSON.parse(first?.position ?? '[]') as readonly string[]
    const { rows } = await knex.transaction(async (transaction) => {
      await transaction.raw('set local enable_seqscan = off')
      return transaction.raw<{ rows: readonly { readonly 'QUERY PLAN': string }[] }>(
        `explain select key from "${schema}".events where part = 0 and xid >= ?::xid8
          and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, at, key, tenant limit 10`,
        [xid ?? ''],
      )
    })
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Scan using events_default_xid_idx/)
  })

  it('says so when its places are those of another server', async () => {
    const ahead = JSON.stringify(['18446744073709551000', 0, 'a'])
    await expect(read(ahead)).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      details: { table: 'event_sinks' },
    })
    for (const position of ['', '[]', '{"a":1}', '["1","2","3"]', '["1",2,"3",4]', 'no'])
      await expect(read(position)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
