import { asId, sampleEvent, sampleScope } from '@campaignkit/core/testing'
import createKnex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

const SCOPE = sampleScope('pizzeria')
const TIMEOUT = { timeout: 60_000 }

let test: TestStorage
let knex: Knex
let storage: PostgresStorage

beforeAll(async () => {
  test = await openTestStorage()
  knex = createKnex({
    client: 'pg',
    connection: {
      connectionString: test.server.url,
      options: '-c default_transaction_isolation=serializable',
    },
    pool: { min: 0, max: 12 },
  })
  storage = createPostgresStorage({ knex, schema: test.schema })
}, START_MS)

afterAll(async () => {
  await knex.destroy()
  await test.stop()
}, START_MS)

const atOnce = <Result>(count: number, call: (at: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, at) => call(at)))

describe('a role whose transactions are serializable unless it says otherwise', () => {
  it('has all of many holds in the same accounts at once', TIMEOUT, async () => {
    const accounts = ['a', 'b', 'c']
    const limits = accounts.map((account) => ({ account, limit: 1_000, windowMs: null }))
    const parts = accounts.map((account) => ({ account, amount: 1 }))
    for (let round = 0; round < 5; round += 1) {
      const results = await atOnce(12, (at) =>
        storage.ledger.hold(SCOPE, limits, [{ id: `${round}-${at}`, parts, expiresAt: 9e12 }], 1),
      )
      expect(results.every(({ outcomes }) => outcomes[0]?.outcome === 'held')).toBe(true)
    }
    const standing = await storage.ledger.accounts(SCOPE, accounts, 2)
    expect(standing.map(({ held }) => held)).toEqual([60, 60, 60])
  })

  it('counts each of many events once that come to many at once', TIMEOUT, async () => {
    for (let round = 0; round < 5; round += 1) {
      const events = Array.from({ length: 50 }, (_, at) => sampleEvent({ key: `e-${round}-${at}` }))
      const written = await atOnce(12, () => storage.events.append(SCOPE, events))
      expect(written.flat()).toHaveLength(50)
    }
    const [attribution] = sampleEvent().attributions
    const counters = await storage.events.counters(SCOPE, asId(attribution?.campaignId ?? ''))
    expect(counters).not.toEqual([])
    for (const { total } of counters) expect(total).toBe(250)
  })
})
