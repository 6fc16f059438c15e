import { asId, sampleDelivery, sampleRun, sampleScope } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClaims } from './claims.js'
import { Database } from './database.js'
import { hostOf } from './pool.js'
import { tablesIn } from './tables.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop(), START_MS)

describe('claims of several workers at once', () => {
  it('leave each other enough of those that are level in instant and rank', async () => {
    const scope = sampleScope('level')
    const ids = Array.from({ length: 15 }, (_, at) => `d-${String(at).padStart(2, '0')}`)
    const levels = ids.map((id) => sampleDelivery({ id, customerId: `c-${id}` })).reverse()
    await test.storage.deliveries.append(scope, levels)
    const { id: run } = sampleRun()
    const now = levels[0]?.dueAt ?? 0
    const request = {
      worker: asId<never>('worker'),
      channel: 'email',
      now,
      leaseMs: 1_000,
      limit: 5,
    } as const
    await test.knex.transaction(async (transaction) => {
      const first = createClaims(new Database(hostOf(transaction)), tablesIn(test.schema), {
        announce: () => undefined,
      })
      const claimed = await first.claim(scope, run, request)
      expect(claimed.map(({ id }) => id)).toEqual(ids.slice(0, 5))
      const second = await test.storage.deliveries.claim(scope, run, request)
      expect(second).toHaveLength(5)
      expect(second.filter(({ id }) => claimed.some((other) => other.id === id))).toEqual([])
    })
  })
})
