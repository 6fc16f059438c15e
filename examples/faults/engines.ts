import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import type { Storage } from '@campaignkit/core/adapter'
import { startLocalPostgres } from '@campaignkit/local-postgres'
import createKnex from 'knex'

/** What keeps the deliveries. */
export interface Engine {
  /** The storage of a shop, for as many kits as work on it. */
  storage(): Storage
  close(): Promise<void>
}

async function openMemory(): Promise<Engine> {
  return { storage: createMemoryStorage, close: async () => undefined }
}

async function openPostgres(): Promise<Engine> {
  const server = await startLocalPostgres({ settings: ['fsync=off', 'synchronous_commit=off'] })
  const knex = createKnex({ client: 'pg', connection: server.url, pool: { min: 0, max: 10 } })
  await createPostgresStorage({ knex }).migrate()
  return {
    storage: () => createPostgresStorage({ knex }),
    async close() {
      await knex.destroy()
      await server.stop()
    },
  }
}

export const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  memory: openMemory,
  PostgreSQL: openPostgres,
}
