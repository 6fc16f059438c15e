import { setTimeout } from 'node:timers/promises'
import {
  casesFor,
  jobQueueConformance,
  rateLimiterConformance,
  sampleScope,
  storageConformance,
  storageHas,
} from '@campaignkit/core/testing'
import createKnex from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { beginHostTransaction } from './host-transaction.fixture.js'
import { START_MS, type TestStorage } from './test-storage.fixture.js'
import { wallClock } from './wall-clock.fixture.js'

/**
 * Has a storage and its rate limiter do all that their ports ask, and its queue.
 *
 * @param open - with empty tables
 * @param queue - false where the queue is that of the process
 */
export function conforms(open: () => Promise<Omit<TestStorage, 'server'>>, { queue = true } = {}): void {
  let opened: Omit<TestStorage, 'server'>
  let cases = 0

  /** Two tenants that no other case has. */
  function newTenants() {
    cases += 1
    return { ours: sampleScope(`pizzeria-${cases}`), theirs: sampleScope(`trattoria-${cases}`) }
  }

  const empty = (table: string) => opened.knex.withSchema(opened.schema).from(table).del()

  beforeAll(async () => {
    opened = await open()
  }, START_MS)

  afterAll(() => opened.stop())

  describe('the PostgreSQL storage', () => {
    const declared = createPostgresStorage({ knex: createKnex({ client: 'pg' }) })
    it.each(casesFor(storageConformance, storageHas(declared)))('$name', async ({ name, run }) => {
      const { knex, schema, storage } = opened
      // the due index sees every tenant
      if (name.startsWith('dueIndex')) await empty('runs')
      const begin = () => beginHostTransaction(knex)
      const reopen = async () => createPostgresStorage({ knex, schema })
      await expect(run({ ...newTenants(), storage, reopen, begin })).resolves.toBeUndefined()
    })
  })

  describe('the PostgreSQL rate limiter', () => {
    it.each(rateLimiterConformance)('$name', async ({ run }) => {
      await empty('limits')
      const limiter = opened.storage.rateLimiter(wallClock)
      await expect(run({ ...newTenants(), limiter })).resolves.toBeUndefined()
    })
  })

  if (!queue) return
  describe('the PostgreSQL job queue', () => {
    it.each(jobQueueConformance)('$name', async ({ run }) => {
      const subject = {
        ...newTenants(),
        queue: opened.storage.jobQueue(wallClock),
        now: () => wallClock.now(),
        pass: (ms: number) => setTimeout(ms),
      }
      await expect(run(subject)).resolves.toBeUndefined()
      await empty('rings')
    })
  })
}
