import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createPostgresStorage, type PostgresStorage } from '@campaignkit/adapter-postgres'
import type { Storage } from '@campaignkit/core/adapter'
import createKnex, { type Knex } from 'knex'

/** Where the demo can keep what it knows. */
export const STORAGES = ['memory', 'pglite', 'postgres'] as const

export type StorageName = (typeof STORAGES)[number]

/** Where a database is that processes can share. */
export interface DatabasePlace {
  readonly url: string
  readonly schema: string
}

/** A storage, and how it is let go of. */
export interface OpenStorage {
  readonly storage: Storage
  close(): Promise<void>
}

/** A storage with nothing in it. */
export interface NewStorage extends OpenStorage {
  /** Where other processes find it; null when it is this process's own. */
  readonly place: DatabasePlace | null
}

/** A storage in a database. */
interface OpenDatabase extends OpenStorage {
  readonly storage: PostgresStorage
  readonly knex: Knex
}

/** Connections of one process: with ten workers they stay below what a server gives. */
const CONNECTIONS = 4

/**
 * Opens a storage with nothing in it. An embedded database or a real server is started for it and thrown away; on the
 * server of `DATABASE_URL` it has a schema of its own, which is dropped.
 */
export function openStorage(name: StorageName): Promise<NewStorage> {
  switch (name) {
    case 'memory':
      return Promise.resolve({ storage: createMemoryStorage(), place: null, close: async () => {} })
    case 'pglite':
      return openPglite()
    case 'postgres':
      return openServer(process.env.DATABASE_URL)
  }
}

/** Opens a storage that is there already. */
export function openDatabase({ url, schema }: DatabasePlace): OpenDatabase {
  const knex = createKnex({ client: 'pg', connection: url, pool: { min: 0, max: CONNECTIONS } })
  return { knex, storage: createPostgresStorage({ knex, schema }), close: () => knex.destroy() }
}

async function openPglite(): Promise<NewStorage> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { default: client } = await import('knex-pglite')
  const pglite = new PGlite()
  // the client of knex-pglite takes an instance, which knex's own types do not know
  const connection = { pglite } as Knex.StaticConnectionConfig
  const knex = createKnex({ client, dialect: 'postgres', connection })
  const storage = createPostgresStorage({ knex })
  await storage.migrate()
  return {
    storage,
    place: null,
    close: async () => {
      await knex.destroy()
      if (!pglite.closed) await pglite.close()
    },
  }
}

async function openServer(given: string | undefined): Promise<NewStorage> {
  const server = given === undefined ? await startServer() : { url: given, stop: async () => {} }
  const place = { url: server.url, schema: `campaignkit_demo_${randomUUID().slice(0, 8)}` }
  const { knex, storage, close } = openDatabase(place)
  await storage.migrate()
  return {
    storage,
    place,
    close: async () => {
      await knex.schema.dropSchema(place.schema, true)
      await close()
      await server.stop()
    },
  }
}

async function startServer() {
  const { startLocalPostgres } = await import('@campaignkit/local-postgres')
  return startLocalPostgres()
}
