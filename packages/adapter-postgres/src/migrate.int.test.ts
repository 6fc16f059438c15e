import { isCampaignKitError } from '@campaignkit/core/adapter'
import { sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import createKnex from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { startPostgres, type TestServer } from './postgres-server.fixture.js'
import { START_MS } from './test-storage.fixture.js'

let server: TestServer

beforeAll(async () => {
  server = await startPostgres()
}, START_MS)

afterAll(() => server.stop())

const scope = sampleScope('pizzeria')

describe('migrations', () => {
  it('are done once, by whichever of many processes comes first', async () => {
    const schema = server.schemaName()
    const storages = [1, 2, 3, 4, 5, 6].map(() =>
      createPostgresStorage({ knex: server.connect({ connections: 2 }), schema }),
    )
    const done = await Promise.all(storages.map((storage) => storage.migrate()))
    expect(done.flat()).toEqual(['0001-first'])
    await expect(storages[0]?.status()).resolves.toEqual({ done: ['0001-first'], pending: [] })
  })

  it('are taken back, and done again with empty tables', async () => {
    const storage = createPostgresStorage({ knex: server.connect(), schema: server.schemaName() })
    await expect(storage.status()).resolves.toEqual({ done: [], pending: ['0001-first'] })
    await storage.migrate()
    await storage.journal.append(scope, sampleJournalEntry())
    await expect(storage.rollback()).resolves.toEqual(['0001-first'])
    await expect(storage.status()).resolves.toEqual({ done: [], pending: ['0001-first'] })
    await expect(storage.journal.list(scope, {}, { cursor: null, limit: 1 })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      details: { state: '42P01' },
    })
    await storage.migrate()
    await expect(storage.journal.list(scope, {}, { cursor: null, limit: 1 })).resolves.toEqual({
      items: [],
      nextCursor: null,
    })
  })

  it('leave nothing locked behind a process that died in the middle', async () => {
    const schema = server.schemaName()
    const dying = server.connect({ connections: 1 })
    await dying.raw('begin')
    await dying.raw('select pg_advisory_xact_lock(7240113977)')
    const storage = createPostgresStorage({ knex: server.connect(), schema })
    const migrated = storage.migrate()
    await dying.raw('select pg_terminate_backend(pg_backend_pid())').catch(() => {})
    await expect(migrated).resolves.toEqual(['0001-first'])
  })

  it('can be printed, and what is printed makes the same tables', async () => {
    const [printed, migrated] = [server.schemaName(), server.schemaName()]
    const knex = server.connect()
    const storage = createPostgresStorage({ knex, schema: printed })
    await knex.raw(storage.migrationSql().replaceAll('?', '\\?'))
    await createPostgresStorage({ knex, schema: migrated }).migrate()
    const columnsOf = async (schema: string) => {
      const rows = await knex
        .select('table_name', 'column_name', 'data_type')
        .from('information_schema.columns')
        .where('table_schema', schema)
        .whereNotIn('table_name', ['migrations', 'migrations_lock'])
        .orderBy(['table_name', 'ordinal_position'])
      return rows
    }
    const columns = await columnsOf(printed)
    expect(columns.length).toBeGreaterThan(100)
    expect(columns).toEqual(await columnsOf(migrated))
    await storage.journal.append(scope, sampleJournalEntry())
  })

  it('wait for a host that says where its tables are in a name that is one', () => {
    const knex = createKnex({ client: 'pg' })
    for (const schema of ['Campaigns', 'a"; drop schema public', '', 'x'.repeat(64)]) {
      expect(() => createPostgresStorage({ knex, schema })).toThrow(
        expect.toSatisfy((thrown: unknown) => isCampaignKitError(thrown, 'INVALID_INPUT')),
      )
    }
    expect(() => createPostgresStorage({ knex: {} as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'knex' }),
    )
  })
})
