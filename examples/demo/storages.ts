import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createPostgresStorage, type PostgresStorage } from '@campaignkit/adapter-postgres'
import type { Storage } from '@campaignkit/core/adapter'
import createKnex, { type Knex } from 'knex'

/** Where the demo can keep what it knows. */
export const STORAGES = ['memory', 'pglite', 'postgres'] as const

export type StorageName = (typeof STORAGES)[number]

/** A storage, and how it is let go of. */
export interface OpenStorage {
  readonly storage: Storage
  close(): Promise<void>
}

/** Opens a storage with nothing in it: a real server or an embedded database is started for it and thrown away. */
export async function openStorage(name: StorageName): Promise<OpenStorage> {
  if (name === 'memory') return { storage: createMemoryStorage(), close: async () => {} }
  const { knex, close } = name === 'pglite' ? await openPglite() : await startServer()
  const storage: PostgresStorage = createPostgresStorage({ knex })
  await storage.migrate()
  return {
    storage,
    close: async () => {
      await knex.destroy()
      await close()
    },
  }
}

interface Opened {
  readonly knex: Knex
  close(): Promise<void>
}

async function openPglite(): Promise<Opened> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { default: client } = await import('knex-pglite')
  const pglite = new PGlite()
  // the client of knex-pglite takes an instance, which knex's own types do not know
  const connection = { pglite } as Knex.StaticConnectionConfig
  return {
    knex: createKnex({ client, dialect: 'postgres', connection }),
    close: async () => {
      if (!pglite.closed) await pglite.close()
    },
  }
}

async function startServer(): Promise<Opened> {
  const { startLocalPostgres } = await import('../local-postgres.js')
  const { url, stop } = await startLocalPostgres()
  return { knex: createKnex({ client: 'pg', connection: url, pool: { min: 0, max: 10 } }), close: stop }
}
