import { randomUUID } from 'node:crypto'
import { startLocalPostgres } from '@campaignkit/local-postgres'
import createKnex, { type Knex } from 'knex'

/** A PostgreSQL server for tests: that of `DATABASE_URL`, or one that is started here and thrown away. */
export interface TestServer {
  readonly url: string
  /** A pool of connections to it. */
  connect(options?: ConnectOptions): Knex
  /** A name that no other test uses. */
  schemaName(): string
  stop(): Promise<void>
}

/** How connections of a pool are. */
export interface ConnectOptions {
  /** How many at most. @default 10 */
  readonly connections?: number
  /** What each is told once, such as `set role`. @default nothing */
  readonly first?: string
}

/** Fast instead of safe: nothing here outlives the test. */
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Of a server that is started; that of `DATABASE_URL` is as it is. */
export interface TestServerOptions {
  /** Settings beside those of every test, such as `shared_buffers=2GB`. @default none */
  readonly settings?: readonly string[]
  /** Whether it is PostgreSQL 14, the oldest that is supported, instead of the latest. @default false */
  readonly oldest?: boolean
}

export async function startPostgres({
  settings = [],
  oldest = false,
}: TestServerOptions = {}): Promise<TestServer> {
  const { DATABASE_URL } = process.env
  const server =
    DATABASE_URL === undefined
      ? await startLocalPostgres({
          settings: [...SETTINGS, ...settings],
          oldest,
          // as databases of hosts have one, so that no order is by code point by accident
          ...(oldest ? {} : { locale: 'en-US' }),
        })
      : null
  const url = server?.url ?? DATABASE_URL ?? ''
  const pools: Knex[] = []
  return {
    url,
    connect: ({ connections = 10, first = '' } = {}) => {
      const afterCreate = (connection: RawConnection, done: RawCallback) =>
        connection.query(first, (error) => done(error, connection))
      const pool = createKnex({
        client: 'pg',
        connection: url,
        pool: { min: 0, max: connections, ...(first === '' ? {} : { afterCreate }) },
      })
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

/** A connection of the driver before knex gives it out. */
interface RawConnection {
  query(text: string, done: (error: Error | null) => void): void
}

type RawCallback = (error: Error | null, connection: RawConnection) => void
