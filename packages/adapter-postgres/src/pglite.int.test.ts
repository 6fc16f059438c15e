import {
  casesFor,
  rateLimiterConformance,
  sampleScope,
  storageConformance,
  storageHas,
} from '@campaignkit/core/testing'
import { PGlite } from '@electric-sql/pglite'
import createKnex, { type Knex } from 'knex'
import ClientPgLite from 'knex-pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { beginHostTransaction } from './host-transaction.fixture.js'
import { wallClock } from './wall-clock.fixture.js'

let knex: Knex
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
  knex = createKnex({
    client: ClientPgLite,
    dialect: 'postgres',
    connection: { pglite: new PGlite() } as never,
  })
  storage = createPostgresStorage({ knex })
  await storage.migrate()
}, START_MS)

afterAll(() => knex.destroy())

describe('the same storage on PGlite', () => {
  const declared = createPostgresStorage({ knex: createKnex({ client: 'pg' }) })
  it.each(casesFor(storageConformance, storageHas(declared)))('$name', async ({ name, run }) => {
    // the due index sees every tenant
    if (name.startsWith('dueIndex')) await knex.withSchema('campaignkit').from('runs').del()
    const begin = () => beginHostTransaction(knex)
    const reopen = async () => createPostgresStorage({ knex })
    await expect(run({ ...newTenants(), storage, reopen, begin })).resolves.toBeUndefined()
  })

  it.each(rateLimiterConformance)('$name', async ({ run }) => {
    await knex.withSchema('campaignkit').from('limits').del()
    await expect(run({ ...newTenants(), limiter: storage.rateLimiter(wallClock) })).resolves.toBeUndefined()
  })
})
