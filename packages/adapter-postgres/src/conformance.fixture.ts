import { setTimeout } from 'node:timers/promises'
import {
  casesFor,
  jobQueueConformance,
  rateLimiterConformance,
  sampleScope,
  storageConformance,
  storageHas,
} from '@campaignkit/core/testing'
import createKnex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { beginHostTransaction } from './host-transaction.fixture.js'
import { openTestStorage, START_MS } from './test-storage.fixture.js'
import { wallClock } from './wall-clock.fixture.js'

/** Has storage, queue and limiter do all that their ports ask, on a server that is started for it. */
export function conformsOn(server: { readonly oldest: boolean }): void {
  let knex: Knex
  let schema: string
  let storage: PostgresStorage
  let stop: () => Promise<void>
  let cases = 0

  /** Two tenants that no other case has. */
  function newTenants() {
    cases += 1
    return { ours: sampleScope(`pizzeria-${cases}`), theirs: sampleScope(`trattoria-${cases}`) }
  }

  beforeAll(async () => {
    ;({ knex, schema, storage, stop } = await openTestStorage(server))
  }, START_MS)

  afterAll(() => stop())

  describe('the PostgreSQL storage', () => {
    const declared = createPostgresStorage({ knex: createKnex({ client: 'pg' }) })
    it.each(casesFor(storageConformance, storageHas(declared)))('$name', async ({ name, run }) => {
      // the due index sees every tenant
      if (name.startsWith('dueIndex')) await knex.withSchema(schema).from('runs').del()
      const begin = () => beginHostTransaction(knex)
      const reopen = async () => createPostgresStorage({ knex, schema })
      await expect(run({ ...newTenants(), storage, reopen, begin })).resolves.toBeUndefined()
    })
  })

  describe('the PostgreSQL job queue', () => {
    it.each(jobQueueConformance)('$name', async ({ run }) => {
      const queue = storage.jobQueue(wallClock)
      const subject = {
        ...newTenants(),
        queue,
        now: () => wallClock.now(),
        pass: (ms: number) => setTimeout(ms),
      }
      await expect(run(subject)).resolves.toBeUndefined()
      await knex.withSchema(schema).from('rings').del()
    })
  })

  describe('the PostgreSQL rate limiter', () => {
    it.each(rateLimiterConformance)('$name', async ({ run }) => {
      await knex.withSchema(schema).from('limits').del()
      await expect(run({ ...newTenants(), limiter: storage.rateLimiter(wallClock) })).resolves.toBeUndefined()
    })
  })
}
