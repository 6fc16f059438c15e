import { sampleScope } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

const FIRST_PAGE = { cursor: null, limit: 1 }

/** What a storage says of a table that somebody has locked. */
async function whileLocked(options: { statementTimeoutMs?: number; lockTimeoutMs?: number }) {
  const storage = createPostgresStorage({ knex: test.knex, schema: test.schema, ...options })
  const holder = await test.knex.transaction()
  await holder.raw(`lock table "${test.schema}".segments in access exclusive mode`)
  const thrown = await storage.segments.list(sampleScope(), FIRST_PAGE).catch((error: unknown) => error)
  await holder.rollback()
  await expect(storage.segments.list(sampleScope(), FIRST_PAGE)).resolves.toMatchObject({ items: [] })
  return thrown
}

describe('a statement', () => {
  it('that takes too long is ended by the database, and may be tried later', async () => {
    const thrown = await whileLocked({ statementTimeoutMs: 40 })
    expect(thrown).toMatchObject({ code: 'STORAGE_FAILED', retry: 'later', details: { state: '57014' } })
  })

  it('that waits too long for a lock is tried again, and then given up', async () => {
    const thrown = await whileLocked({ statementTimeoutMs: 5_000, lockTimeoutMs: 20 })
    expect(thrown).toMatchObject({ code: 'STORAGE_FAILED', retry: 'later', details: { state: '55P03' } })
  })

  it('of the host has the timeout of its connection', async () => {
    const one = test.server.connect({ connections: 1 })
    const storage = createPostgresStorage({ knex: one, schema: test.schema, statementTimeoutMs: 40 })
    await storage.segments.list(sampleScope(), FIRST_PAGE)
    const { rows } = await one.raw('show statement_timeout')
    expect(rows).toEqual([{ statement_timeout: '0' }])
  })

  it('has a timeout that is a whole number of milliseconds, or none', () => {
    for (const ms of [0, 1.5, Number.NaN, 86_400_001]) {
      for (const option of ['statementTimeoutMs', 'lockTimeoutMs'])
        expect(() => createPostgresStorage({ knex: test.knex, [option]: ms })).toThrow(
          expect.objectContaining({ code: 'INVALID_INPUT', path: option }),
        )
    }
  })
})
