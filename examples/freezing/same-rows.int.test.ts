import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createPostgresStorage, type PostgresStorage } from '@campaignkit/adapter-postgres'
import { startLocalPostgres } from '@campaignkit/local-postgres'
import createKnex, { type Knex } from 'knex'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { frozenRows } from './frozen-rows.fixture.js'

const page = vi.hoisted(() => ({ size: 500 }))
vi.mock('../../packages/core/src/engine/scan-customers.js', async (original) => ({
  ...(await original<object>()),
  get FREEZE_PAGE() {
    return page.size
  },
}))

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
let knex: Knex
let storage: PostgresStorage
let stop: () => Promise<void>

beforeAll(async () => {
  const server = await startLocalPostgres()
  // nothing here outlives the test
  knex = createKnex({ client: 'pg', connection: `${server.url}?options=-c%20synchronous_commit%3Doff` })
  storage = createPostgresStorage({ knex })
  await storage.migrate()
  stop = async () => {
    await knex.destroy()
    await server.stop()
  }
}, 120_000)

afterAll(() => stop(), 120_000)

afterEach(() => {
  page.size = 500
})

async function emptied(): Promise<PostgresStorage> {
  await storage.rollback()
  await storage.migrate()
  return storage
}

describe('a campaign with strata, waves, remainder, holdouts, slots and recurrence', {
  timeout: 1_800_000,
}, () => {
  it('has the same members, arms and deliveries on PostgreSQL as in memory, to the row', async () => {
    const { calls: _, ...inMemory } = await frozenRows(createMemoryStorage(), 1_500, null)
    expect(new Set(inMemory.members.map(({ arm }) => arm))).toEqual(
      new Set(['plain', 'emoji', 'holdout', 'remainder', null]),
    )
    expect(new Set(inMemory.members.map(({ runId }) => runId)).size).toBe(2)
    expect(inMemory.deliveries.length).toBeGreaterThan(700)
    const { calls: __, ...onPostgres } = await frozenRows(await emptied(), 1_500, null)
    expect(onPostgres).toEqual(inMemory)
  })

  // every tenth call; CAMPAIGNKIT_LONG=1 takes them all
  it('has them as well when the process died at any call of the storage and another went on', async () => {
    page.size = 4
    const { calls: _, ...whole } = await frozenRows(createMemoryStorage(), 14, null)
    const { calls } = await frozenRows(await emptied(), 14, null)
    expect(calls).toBeGreaterThan(20)
    const step = LONG ? 1 : 10
    for (const [offset, when] of (['before', 'after'] as const).entries()) {
      for (let at = 1 + offset; at <= calls; at += step) {
        const { calls: __, ...rows } = await frozenRows(await emptied(), 14, { at, when })
        expect(rows, `${when} call ${at} of ${calls}`).toEqual(whole)
      }
    }
  })
})
