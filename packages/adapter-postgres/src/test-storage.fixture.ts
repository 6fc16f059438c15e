import type { Knex } from 'knex'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { startPostgres, type TestServer, type TestServerOptions } from './postgres-server.fixture.js'

/** A busy machine is no failure. */
export const START_MS = 120_000

/** A storage with empty tables on a server of its own. */
export interface TestStorage {
  readonly server: TestServer
  readonly knex: Knex
  readonly schema: string
  readonly storage: PostgresStorage
  stop(): Promise<void>
}

export async function openTestStorage(options: TestServerOptions = {}): Promise<TestStorage> {
  const server = await startPostgres(options)
  const knex = server.connect()
  const schema = server.schemaName()
  const storage = createPostgresStorage({ knex, schema })
  await storage.migrate()
  return {
    server,
    knex,
    schema,
    storage,
    stop: async () => {
      await knex.raw(`drop schema "${schema}" cascade`)
      await server.stop()
    },
  }
}
