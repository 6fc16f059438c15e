import { setTimeout } from 'node:timers/promises'
import { isCampaignKitError } from '@campaignkit/core/adapter'
import { sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import createKnex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { startPostgres, type TestServer } from './postgres-server.fixture.js'
import { START_MS } from './test-storage.fixture.js'
import { invite, newsTo, openWorkerKit } from './worker-kit.fixture.js'

let server: TestServer

beforeAll(async () => {
  server = await startPostgres()
}, START_MS)

afterAll(() => server.stop())

const scope = sampleScope('pizzeria')

/** Longer than a short statement takes on a busy machine. */
const BOUND_MS = 80
/** More than all tries under that bound. */
const WAITED_MS = 600

const failed = (state: string) => ({ code: 'STORAGE_FAILED', details: { state } })

/** What comes of a call that waits for another process to migrate. */
async function whileOthersMigrate<Result>(call: () => Promise<Result>): Promise<Result> {
  const knex = server.connect()
  const other = await knex.transaction()
  await other.raw('select pg_advisory_xact_lock(7240113977)')
  const called = call().catch((error: unknown) => error as Result)
  await setTimeout(WAITED_MS)
  await other.rollback()
  return called
}

/** As the guide has it. */
const rightsOf = (role: string, schema: string) => `
  grant usage on schema ${schema} to ${role};
  grant select, insert, update, delete on all tables in schema ${schema} to ${role};
  grant usage on all sequences in schema ${schema} to ${role};`

function connectAs(role: string): Knex {
  return server.connect({ first: `set role ${role}` })
}

/** A storage of a role that owns its schema and may make no other. */
async function ownerOnly() {
  const schema = server.schemaName()
  const [admin, role] = [server.connect(), `owner_${schema}`]
  await admin.raw(`create role ${role}`)
  await admin.raw(`create schema ${schema} authorization ${role}`)
  return { schema, storage: createPostgresStorage({ knex: connectAs(role), schema }) }
}

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

  it('are done once also where connections begin with a snapshot that lasts', async () => {
    const schema = server.schemaName()
    const first = `set default_transaction_isolation = 'repeatable read'`
    const storages = [1, 2, 3, 4, 5, 6].map(() =>
      createPostgresStorage({ knex: server.connect({ connections: 2, first }), schema }),
    )
    const done = await Promise.all(storages.map((storage) => storage.migrate()))
    expect(done.flat()).toEqual(['0001-first'])
  })

  it('wait for each other longer than statements and locks may take on the connection', async () => {
    for (const setting of ['lock_timeout', 'statement_timeout']) {
      const first = `set ${setting} = ${BOUND_MS}`
      const knex = server.connect({ connections: 1, first })
      const storage = createPostgresStorage({ knex, schema: server.schemaName() })
      const migrated = await whileOthersMigrate(() => storage.migrate())
      expect(migrated).toEqual(['0001-first'])
      const { rows } = await knex.raw(`show ${setting}`)
      expect(rows).toEqual([{ [setting]: `${BOUND_MS}ms` }])
    }
  })

  it('are part of a transaction of the host, whose settings stay and which can take them back', async () => {
    const schema = server.schemaName()
    const knex = server.connect({ first: 'set lock_timeout = 5000' })
    const host = await knex.transaction()
    await host.raw('set local statement_timeout = 7000')
    const within = createPostgresStorage({ knex: host, schema })
    await expect(within.migrate()).resolves.toEqual(['0001-first'])
    await expect(within.status()).resolves.toEqual({ done: ['0001-first'], pending: [] })
    const { rows } = await host.raw(
      `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement`,
    )
    expect(rows).toEqual([{ lock: '5s', statement: '7s' }])
    await host.rollback()
    const storage = createPostgresStorage({ knex, schema })
    await expect(storage.status()).resolves.toEqual({ done: [], pending: ['0001-first'] })
  })

  it('that fail leave the transaction of the host usable, and its settings', async () => {
    const schema = server.schemaName()
    const host = await server.connect({ first: 'set lock_timeout = 5000' }).transaction()
    await host.raw(`create schema "${schema}"`)
    await host.raw(`create table "${schema}".journal ()`)
    const within = createPostgresStorage({ knex: host, schema })
    await expect(within.migrate()).rejects.toMatchObject(failed('42P07'))
    const { rows } = await host.raw('show lock_timeout')
    expect(rows).toEqual([{ lock_timeout: '5s' }])
    await host.rollback()
  })

  it('go on from tables that knex kept its own list of steps in', async () => {
    const schema = server.schemaName()
    const knex = server.connect()
    const storage = createPostgresStorage({ knex, schema })
    await storage.migrate()
    const source: Knex.MigrationSource<string> = {
      getMigrations: async () => ['0001-first'],
      getMigrationName: (name) => name,
      getMigration: async () => ({ up: async () => {}, down: async () => {} }),
    }
    const listed = await knex.migrate.list({
      schemaName: schema,
      tableName: 'migrations',
      migrationSource: source,
    })
    expect(listed).toEqual([[{ name: '0001-first' }], []])
    await expect(storage.migrate()).resolves.toEqual([])
    await expect(storage.rollback()).resolves.toEqual(['0001-first'])
    await expect(storage.migrate()).resolves.toEqual(['0001-first'])
  })

  it('refuse tables of a later version of the kit', async () => {
    const schema = server.schemaName()
    const knex = server.connect()
    const storage = createPostgresStorage({ knex, schema })
    await storage.migrate()
    await knex.withSchema(schema).from('migrations').insert({ name: '9999-later', batch: 2 })
    await expect(storage.status()).resolves.toEqual({ done: ['0001-first', '9999-later'], pending: [] })
    for (const refused of [storage.migrate, storage.rollback])
      await expect(refused()).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        retry: 'never',
        details: { step: '9999-later' },
      })
  })

  it('fail as all else does, with the state of the database', async () => {
    const schema = server.schemaName()
    const knex = server.connect()
    await knex.raw(`create schema "${schema}"`)
    await knex.raw(`create table "${schema}".journal ()`)
    const storage = createPostgresStorage({ knex, schema })
    await expect(storage.migrate()).rejects.toMatchObject(failed('42P07'))
    await expect(storage.status()).resolves.toEqual({ done: [], pending: ['0001-first'] })
  })

  it('are made in a schema that was made for a role that may make none, and taken back by it', async () => {
    const { schema, storage } = await ownerOnly()
    await expect(storage.rollback()).resolves.toEqual([])
    await expect(storage.migrate()).resolves.toEqual(['0001-first'])
    await storage.journal.append(scope, sampleJournalEntry())
    await expect(storage.rollback()).resolves.toEqual(['0001-first'])
    const elsewhere = createPostgresStorage({ knex: connectAs(`owner_${schema}`), schema: `${schema}_x` })
    await expect(elsewhere.rollback()).resolves.toEqual([])
    await expect(elsewhere.migrate()).rejects.toMatchObject(failed('42501'))
  })

  it('find all done for a role that may only use the tables, and take nothing back for it', async () => {
    const { schema, storage: owner } = await ownerOnly()
    await owner.migrate()
    const [admin, user] = [server.connect(), `user_${schema}`]
    await admin.raw(`create role ${user}`)
    await admin.raw(rightsOf(user, schema))
    const storage = createPostgresStorage({ knex: connectAs(user), schema })
    await expect(storage.status()).resolves.toEqual({ done: ['0001-first'], pending: [] })
    await expect(storage.migrate()).resolves.toEqual([])
    const users = { schema, server: { connect: () => connectAs(user) } }
    const { root, kit, close } = openWorkerKit(users, { tenant: 'pizzeria' })
    await invite(kit, 10)
    const { id } = await kit.campaigns.create(newsTo(10))
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(10)
    await close()
    await expect(storage.rollback()).rejects.toMatchObject(failed('42501'))
    await expect(storage.migrate()).resolves.toEqual([])
  })

  it('are not taken back where the host has built something on the tables, which stays, and they do', async () => {
    const schema = server.schemaName()
    const knex = server.connect()
    const storage = createPostgresStorage({ knex, schema })
    await storage.migrate()
    await storage.journal.append(scope, sampleJournalEntry())
    const built = [
      ['view', `as select id from "${schema}".customers`],
      ['table', `(member "${schema}".planned_member)`],
      ['table', `(turn bigint default nextval('"${schema}".turns'))`],
      ['table', `(bits bigint generated always as ("${schema}".tag_bits('{a}')) stored)`],
      ['table', `(mark uuid references "${schema}".enlistments)`],
      ['view', `as select key from "${schema}".events_default`],
    ] as const
    for (const [kind, definition] of built) {
      await knex.raw(`create ${kind} public.of_${schema} ${definition}`)
      await expect(storage.rollback()).rejects.toMatchObject(failed('2BP01'))
      await knex.raw(`drop ${kind} public.of_${schema}`)
    }
    await expect(storage.status()).resolves.toEqual({ done: ['0001-first'], pending: [] })
    const { items } = await storage.journal.list(scope, {}, { cursor: null, limit: 2 })
    expect(items).toHaveLength(1)
  })

  it('leave nothing but what knex keeps of them when they are taken back', async () => {
    const schema = server.schemaName()
    const knex = server.connect()
    const storage = createPostgresStorage({ knex, schema })
    await storage.migrate()
    await storage.maintain({ now: Date.UTC(2026, 2, 10) })
    await storage.rollback()
    const { rows } = await knex.raw(
      `select relname as name from pg_class where relnamespace = '${schema}'::regnamespace
       union all select proname from pg_proc where pronamespace = '${schema}'::regnamespace
       union all select typname from pg_type where typnamespace = '${schema}'::regnamespace and typname = 'planned_member'
       order by 1`,
    )
    expect(rows.map(({ name }: { readonly name: string }) => name)).toEqual([
      'migrations',
      'migrations_id_seq',
      'migrations_lock',
      'migrations_lock_index_seq',
      'migrations_lock_pkey',
      'migrations_pkey',
    ])
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
