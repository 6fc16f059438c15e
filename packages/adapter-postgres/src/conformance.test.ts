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
import { startPostgres, type TestServer } from './postgres-server.fixture.js'
import { wallClock } from './wall-clock.fixture.js'

let server: TestServer
let knex: Knex
let schema: string
let storage: PostgresStorage
let cases = 0

/** A busy machine is no failure. */
const START_MS = 120_000

/** Two tenants that no other case has. */
function newTenants() {
  cases += 1
  return { ours: sampleScope(`pizzeria-${cases}`), theirs: sampleScope(`trattoria-${cases}`) }
}

beforeAll(async () => {
  server = await startPostgres()
  knex = server.connect()
  schema = server.schemaName()
  storage = createPostgresStorage({ knex, schema })
  await storage.migrate()
}, START_MS)

afterAll(async () => {
  await knex.raw(`drop schema "${schema}" cascade`)
  await server.stop()
})

describe('the PostgreSQL storage', () => {
  const declared = createPostgresStorage({ knex: createKnex({ client: 'pg' }) })
  it.each(casesFor(storageConformance, storageHas(declared)))('$name', async ({ name, run }) => {
    // the due index sees every tenant
    if (name.startsWith('dueIndex')) await knex.withSchema(schema).from('runs').del()
    const reopen = async () => createPostgresStorage({ knex, schema })
    await expect(run({ ...newTenants(), storage, reopen })).resolves.toBeUndefined()
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
