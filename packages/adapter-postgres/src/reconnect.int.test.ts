import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { CampaignKitOptions } from '@campaignkit/core'
import type { CustomerId, CustomerPatch, Scope } from '@campaignkit/core/adapter'
import { sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import { type LocalPostgres, startLocalPostgres } from '@campaignkit/local-postgres'
import createKnex, { type Knex } from 'knex'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { createGraphileQueue } from './graphile-queue.js'
import { START_MS } from './test-storage.fixture.js'
import {
  invite,
  newsTo,
  openWorkerKit,
  type Sent,
  type TestTables,
  type WorkerKit,
  type WorkerKitOptions,
} from './worker-kit.fixture.js'

const SCHEMA = 'campaignkit_restarted'
/** What is lost and comes back is told by the counts, not by knex. */
const SILENT = { warn: () => {}, error: () => {}, deprecate: () => {}, debug: () => {} }

let local: LocalPostgres
let knex: Knex
let storage: PostgresStorage
let tenants = 0
const pools: Knex[] = []
let opened: WorkerKit[] = []

function connect({ connections = 10 }: { readonly connections?: number } = {}): Knex {
  const pool = createKnex({
    client: 'pg',
    connection: local.url,
    pool: { min: 0, max: connections },
    log: SILENT,
  })
  pools.push(pool)
  return pool
}

const tables: TestTables = { schema: SCHEMA, server: { connect } }

beforeAll(async () => {
  // a server of its own also where there is another: it is stopped and started
  local = await startLocalPostgres({ settings: ['fsync=off'] })
  knex = connect()
  storage = createPostgresStorage({ knex, schema: SCHEMA })
  await storage.migrate()
}, START_MS)

afterEach(async () => {
  for (const each of opened) await each.close()
  opened = []
  await knex.withSchema(SCHEMA).from('runs').update({ status: 'ended' })
})

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()))
  await local.stop()
})

function newTenant(): string {
  tenants += 1
  return `pizzeria-${tenants}`
}

function open(options: WorkerKitOptions): WorkerKit {
  const kit = openWorkerKit(tables, options)
  opened.push(kit)
  return kit
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(20)
}

async function firstRow<Row>(pool: Knex, statement: string): Promise<Row | undefined> {
  const { rows } = await pool.raw<{ readonly rows: readonly Row[] }>(statement)
  return rows[0]
}

/** Processes of the server that listen for notices. */
async function listeners(): Promise<readonly number[]> {
  const { rows } = await knex.raw(`select pid from pg_stat_activity where query like 'listen "campaignkit"%'`)
  return rows.map(({ pid }: { readonly pid: number }) => pid)
}

function writeAs(scope: Scope, id: string): Promise<unknown> {
  const patch: CustomerPatch = { id: id as CustomerId }
  return storage.customers.upsert(scope, [patch], sampleJournalEntry({ id: `entry of ${id}` }))
}

describe('whoever watches', () => {
  it('goes on, and listens on one connection again, when the server is restarted and when it is cut off', async () => {
    const tenant = newTenant()
    const [watching, other] = [open({ tenant }), open({ tenant })]
    const { id } = await other.kit.campaigns.create(newsTo(10))
    const stop = new AbortController()
    const told: string[] = []
    const watched = (async () => {
      for await (const { status } of watching.kit.campaigns.watch(id, { signal: stop.signal }))
        told.push(status)
    })()
    await until(async () => (await listeners()).length === 1)
    await local.restart()
    await other.kit.campaigns.launch(id)
    await until(() => told.includes('preparing'))
    await until(async () => (await listeners()).length === 1)
    for (let cut = 0; cut < 5; cut += 1) {
      const before = await listeners()
      for (const pid of before) await knex.raw('select pg_terminate_backend(?)', [pid])
      await until(async () => (await listeners()).some((pid) => !before.includes(pid)))
    }
    await other.kit.campaigns.pause(id)
    await until(() => told.includes('paused'))
    // long enough for a second one to be opened
    await setTimeout(1_500)
    expect(await listeners()).toHaveLength(1)
    stop.abort()
    await watched
    expect(told).toEqual(['draft', 'preparing', 'paused'])
    await watching.close()
    opened = [other]
    await until(async () => (await listeners()).length === 0)
  })

  it('looks by itself as long as nothing can listen', async () => {
    const tenant = newTenant()
    const [watching, other] = [open({ tenant }), open({ tenant })]
    const { client } = watching.knex
    const pooled = client.acquireRawConnection.bind(client)
    client.acquireRawConnection = async () => {
      const connection = await pooled()
      const query = connection.query.bind(connection)
      connection.query = (text: unknown, ...more: unknown[]) =>
        typeof text === 'string' && text.startsWith('listen')
          ? Promise.reject(new Error('Connection terminated'))
          : query(text, ...more)
      return connection
    }
    const { id } = await other.kit.campaigns.create(newsTo(10))
    const stop = new AbortController()
    const told: string[] = []
    const watched = (async () => {
      for await (const { status } of watching.kit.campaigns.watch(id, { signal: stop.signal }))
        told.push(status)
    })()
    await until(() => told.includes('draft'))
    await other.kit.campaigns.launch(id)
    await until(() => told.includes('preparing'))
    stop.abort()
    await watched
    expect(await listeners()).toEqual([])
  })
})

describe('a database that is away for some seconds', () => {
  it('is waited for: each transaction is done once when it is back', async () => {
    const scope = sampleScope(newTenant())
    await writeAs(scope, 'before')
    await local.halt()
    const writing = Array.from({ length: 20 }, (_, at) => writeAs(scope, `c-${at}`))
    await setTimeout(2_000)
    await local.resume()
    await Promise.all(writing)
    const { items } = await storage.journal.list(scope, {}, { cursor: null, limit: 100 })
    expect(new Set(items.map(({ id }) => id)).size).toBe(21)
    expect(items).toHaveLength(21)
  })

  it('is waited for by migrations, which are done once', async () => {
    const fresh = createPostgresStorage({ knex, schema: `${SCHEMA}_fresh` })
    await local.halt()
    const called = Promise.all([fresh.migrate(), fresh.status(), storage.status()])
    await setTimeout(1_500)
    await local.resume()
    const [migrated] = await called
    expect(migrated).toEqual(['0001-first'])
    await local.restart()
    await expect(fresh.rollback()).resolves.toEqual(['0001-first'])
  })

  it('and does not come back is told as a failure that can pass', async () => {
    const gone = createKnex({ client: 'pg', connection: 'postgres://nobody@127.0.0.1:1/none', log: SILENT })
    const lost = createPostgresStorage({ knex: gone })
    const calls = [
      lost.customers.get(sampleScope('pizzeria'), ['c-1' as CustomerId]),
      lost.migrate(),
      lost.rollback(),
      lost.status(),
    ]
    for (const { reason } of (await Promise.allSettled(calls)) as readonly PromiseRejectedResult[])
      expect(reason).toMatchObject({
        code: 'STORAGE_FAILED',
        retry: 'later',
        details: { state: 'ECONNREFUSED' },
      })
    await gone.destroy()
  })

  it('is waited for while it starts as a standby and takes no writes, until it is promoted', async () => {
    const scope = sampleScope(newTenant())
    await local.halt()
    await writeFile(path.join(local.directory, 'standby.signal'), '')
    const promoted = local.resume()
    const probe = connect({ connections: 1 })
    const isStandby = () =>
      firstRow<{ readonly standby: boolean }>(probe, 'select pg_is_in_recovery() as standby')
        .then((row) => row?.standby === true)
        .catch(() => false)
    await until(isStandby)
    const writing = writeAs(scope, 'c-1')
    await setTimeout(700)
    await probe.raw('select pg_promote()')
    await promoted
    await writing
    await expect(storage.customers.get(scope, ['c-1' as CustomerId])).resolves.toHaveLength(1)
  })

  it('is left for another one where the connections of the pool still lead to a server that only reads', async () => {
    const scope = sampleScope(newTenant())
    const few = connect({ connections: 2 })
    const stale = createPostgresStorage({ knex: few, schema: SCHEMA })
    await knex.raw('alter database postgres set default_transaction_read_only = on')
    await Promise.all([few.raw('select pg_sleep(0.2)'), few.raw('select pg_sleep(0.2)')])
    await knex.transaction(async (transaction) => {
      await transaction.raw('set transaction read write')
      await transaction.raw('alter database postgres reset default_transaction_read_only')
    })
    const patch: CustomerPatch = { id: 'c-1' as CustomerId }
    await stale.customers.upsert(scope, [patch], sampleJournalEntry({ id: 'entry' }))
    await expect(storage.customers.get(scope, ['c-1' as CustomerId])).resolves.toHaveLength(1)
  })
})

describe.each([['its own doorbell'], ['graphile-worker']])('a worker on %s', (doorbell) => {
  /** How the kits of a test ring, and how that ends. */
  async function doorbellOf(): Promise<{ readonly kit: Partial<CampaignKitOptions>; end(): Promise<void> }> {
    if (doorbell !== 'graphile-worker') return { kit: {}, end: async () => {} }
    const pool = new pg.Pool({ connectionString: local.url, max: 10 })
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
    const queue = createGraphileQueue({ knex, pool, schema: SCHEMA, workerSchema: 'doorbells' })
    await queue.migrate()
    return { kit: { queue }, end: () => pool.end() }
  }

  it('goes on when the server was restarted: everybody is written to, nobody twice', async () => {
    const tenant = newTenant()
    const log: Sent[] = []
    const { kit, end } = await doorbellOf()
    const kits = [1, 2].map(() => open({ tenant, log, kit }))
    const [first] = kits as [WorkerKit]
    await invite(first.kit, 600)
    const { id } = await first.kit.campaigns.create(
      newsTo(600, { pace: { email: { limit: 6_000, periodMs: 60_000 } } }),
    )
    await first.kit.campaigns.launch(id)
    const stop = new AbortController()
    const working = kits.map(({ root }) =>
      root.worker({ sweepEveryMs: 500, stopWithinMs: 20_000 }).run({ signal: stop.signal }),
    )
    await until(() => log.length > 50)
    await local.halt()
    await setTimeout(1_500)
    await local.resume()
    await until(async () => (await first.kit.campaigns.progress(id)).status === 'completed')
    stop.abort()
    await Promise.all(working)
    const { counts } = await first.kit.campaigns.progress(id)
    expect(counts.sent + counts.held).toBe(600)
    expect(log).toHaveLength(new Set(log.map(({ to }) => to)).size)
    expect(log.length).toBeGreaterThanOrEqual(counts.sent)
    // each call that was under way when the server went may be in doubt
    expect(counts.held).toBeLessThanOrEqual(2 * 20)
    for (const each of opened) await each.close()
    opened = []
    await end()
  })
})
