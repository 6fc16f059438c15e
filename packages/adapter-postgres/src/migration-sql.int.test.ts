import { isCampaignKitError } from '@campaignkit/core/adapter'
import { sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { startPostgres, type TestServer } from './postgres-server.fixture.js'
import { START_MS } from './test-storage.fixture.js'

const DONE = { done: ['0001-first'], pending: [] }
const scope = sampleScope('pizzeria')

let server: TestServer
let knex: Knex

beforeAll(async () => {
  server = await startPostgres()
  knex = server.connect()
}, START_MS)

afterAll(() => server.stop())

const openStorage = () => createPostgresStorage({ knex, schema: server.schemaName() })

describe('printed migrations', () => {
  it('make the same tables as migrate', async () => {
    const [printed, migrated] = [server.schemaName(), server.schemaName()]
    const storage = createPostgresStorage({ knex, schema: printed })
    await knex.raw(storage.migrationSql())
    await createPostgresStorage({ knex, schema: migrated }).migrate()
    const columnsOf = (schema: string) =>
      knex
        .select('table_name', 'column_name', 'data_type', 'is_nullable')
        .from('information_schema.columns')
        .where('table_schema', schema)
        .orderBy(['table_name', 'ordinal_position'])
    const columns = await columnsOf(printed)
    expect(columns.length).toBeGreaterThan(100)
    expect(columns).toEqual(await columnsOf(migrated))
    await storage.journal.append(scope, sampleJournalEntry())
  })

  it('are on record: nothing is pending, and migrate and rollback know of them', async () => {
    const storage = openStorage()
    await knex.raw(storage.migrationSql())
    await expect(storage.status()).resolves.toEqual(DONE)
    await expect(storage.migrate()).resolves.toEqual([])
    await expect(storage.rollback()).resolves.toEqual(['0001-first'])
    await knex.raw(storage.migrationSql())
    await expect(storage.status()).resolves.toEqual(DONE)
  })

  it('may be run again, and after migrate, and change nothing', async () => {
    const storage = openStorage()
    await storage.migrate()
    await storage.journal.append(scope, sampleJournalEntry())
    for (const _ of [1, 2]) await knex.raw(storage.migrationSql())
    const { items } = await storage.journal.list(scope, {}, { cursor: null, limit: 2 })
    expect(items).toHaveLength(1)
  })

  it('may be run by many processes at once', async () => {
    const storage = openStorage()
    await Promise.all([1, 2, 3, 4].map(() => knex.raw(storage.migrationSql())))
    await expect(storage.status()).resolves.toEqual(DONE)
  })

  it('are for the driver alone as well, and part of a transaction of the host', async () => {
    const [alone, within] = [openStorage(), openStorage()]
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query(alone.migrationSql())
    await client.query('begin')
    await client.query(within.migrationSql())
    await client.query('rollback')
    await client.end()
    await expect(alone.status()).resolves.toEqual(DONE)
    await expect(within.status()).resolves.toEqual({ done: [], pending: ['0001-first'] })
  })

  it('are done as a whole or not at all', async () => {
    const schema = server.schemaName()
    const storage = createPostgresStorage({ knex, schema })
    await knex.raw(`create schema "${schema}"`)
    await knex.raw(`create table "${schema}".event_sinks ()`)
    await expect(knex.raw(storage.migrationSql())).rejects.toMatchObject({ code: '42P07' })
    const tables = await knex.select('tablename').from('pg_tables').where('schemaname', schema)
    expect(tables).toEqual([{ tablename: 'event_sinks' }])
  })

  it('hold no question mark, and are empty where nothing is missing', () => {
    const storage = openStorage()
    expect(storage.migrationSql()).not.toContain('?')
    expect(storage.migrationSql({})).toBe(storage.migrationSql())
    expect(storage.migrationSql({ after: '0001-first' })).toBe('')
  })

  it('begin behind a step that there is', () => {
    for (const after of ['0000-none', '', null])
      expect(() => openStorage().migrationSql({ after: after as string })).toThrow(
        expect.toSatisfy(
          (thrown: unknown) => isCampaignKitError(thrown, 'INVALID_INPUT') && thrown.path === 'after',
        ),
      )
  })
})
