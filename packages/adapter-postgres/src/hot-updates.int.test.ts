import type { CustomerId } from '@campaignkit/core/adapter'
import { perMinute } from '@campaignkit/core/adapter'
import { createManualClock, SAMPLE_NOW, sampleEvent, sampleScope } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

const scope = sampleScope()

/** How many of the updates of a table touched no index, once the server has counted them all. */
async function hotShareOf(table: string, updates: number): Promise<number> {
  for (;;) {
    const { rows } = await test.knex.raw<{ rows: readonly { all: number; hot: number }[] }>(
      `select n_tup_upd::float8 as all, n_tup_hot_upd::float8 as hot from pg_stat_user_tables
       where schemaname = ? and relname = ?`,
      [test.schema, table],
    )
    const { all = 0, hot = 0 } = rows[0] ?? {}
    if (all >= updates) return hot / all
  }
}

describe('rows that are written again and again', () => {
  it('of counters and of members who were counted stay on their page', async () => {
    for (let at = 0; at < 200; at += 1)
      await test.storage.events.append(
        scope,
        Array.from({ length: 10 }, (_, of) =>
          sampleEvent({ key: `e-${at}-${of}`, customerId: `c-${of}` as CustomerId }),
        ),
      )
    expect(await hotShareOf('counters', 199)).toBeGreaterThan(0.9)
    expect(await hotShareOf('counted_members', 1_990)).toBeGreaterThan(0.9)
  })

  it('of limits stay on theirs', async () => {
    const limiter = test.storage.rateLimiter(createManualClock())
    const limits = [{ key: 'one', pace: perMinute(60_000), sharedByTenants: false }]
    for (let at = 0; at < 200; at += 1)
      await limiter.reserve(scope, { limits, count: 1, notBefore: SAMPLE_NOW + at, horizonMs: 60_000 })
    expect(await hotShareOf('limits', 200)).toBeGreaterThan(0.9)
  })

  it('of accounts of the ledger stay on theirs', async () => {
    const limits = [{ account: 'budget', limit: 1_000_000, windowMs: null }]
    for (let at = 0; at < 200; at += 1) {
      const hold = { id: `h-${at}`, parts: [{ account: 'budget', amount: 5 }], expiresAt: SAMPLE_NOW + 1_000 }
      await test.storage.ledger.hold(scope, limits, [hold], SAMPLE_NOW)
    }
    expect(await hotShareOf('ledger_accounts', 199)).toBeGreaterThan(0.9)
  })
})
