import { PGlite } from '@electric-sql/pglite'
import createKnex from 'knex'
import ClientPgLite from 'knex-pglite'
import { describe } from 'vitest'
import { conforms } from './conformance.fixture.js'
import { createPostgresStorage } from './create-postgres-storage.js'

async function openPglite() {
  const knex = createKnex({
    client: ClientPgLite,
    dialect: 'postgres',
    connection: { pglite: new PGlite() } as never,
  })
  const storage = createPostgresStorage({ knex })
  await storage.migrate()
  return { knex, schema: 'campaignkit', storage, stop: () => knex.destroy() }
}

describe('on PGlite', () => conforms(openPglite, { queue: false }))
