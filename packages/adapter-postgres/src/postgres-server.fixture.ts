import { randomUUID } from 'node:crypto'
import { startLocalPostgres } from '@campaignkit/local-postgres'
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
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/**
 * @param more - settings, as on the command line of the server; not of that of `DATABASE_URL`
 * @param oldest - the oldest version that is supported instead of the latest; nor is that of `DATABASE_URL`
 */
export async function startPostgres(
  more: readonly string[] = [],
  { oldest = false } = {},
): Promise<TestServer> {
  const { DATABASE_URL } = process.env
  const server =
    DATABASE_URL === undefined ? await startLocalPostgres({ settings: [...SETTINGS, ...more], oldest }) : null
  const url = server?.url ?? DATABASE_URL ?? ''
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
      await server?.stop()
    },
  }
}
