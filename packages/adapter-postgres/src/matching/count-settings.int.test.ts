import type { Knex } from 'knex'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Database, type Session } from '../database.js'
import { hostOf } from '../pool.js'
import { startPostgres, type TestServer } from '../postgres-server.fixture.js'
import { sql } from '../sql.js'
import { START_MS } from '../test-storage.fixture.js'
import { withCountSettings } from './count-settings.js'

const AS_IT_COMES = { random_page_cost: '4', work_mem: '4096', jit: 'on' }
const FOR_COUNTS = { random_page_cost: '1.1', work_mem: '65536', jit: 'off' }

let server: TestServer
/** One connection, so that whoever comes next sees what was set on it. */
let knex: Knex

beforeAll(async () => {
  server = await startPostgres()
  knex = server.connect({ connections: 1 })
}, START_MS)

beforeEach(() => set(AS_IT_COMES))

afterAll(() => server.stop())

async function set(settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, setting] of Object.entries(settings))
    await knex.raw('select set_config(?, ?, false)', [name, setting])
}

async function settingsOf(session: Session): Promise<Readonly<Record<string, string>>> {
  const rows = await session.rows<{ readonly name: string; readonly setting: string }>(
    sql`select name, setting from pg_settings where name in ('random_page_cost', 'work_mem', 'jit')`,
  )
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
}

describe('a count', () => {
  it('is planned with settings that suit it, and leaves those of the connection as they were', async () => {
    const database = new Database(hostOf(knex))
    expect(await withCountSettings(database, settingsOf)).toEqual(FOR_COUNTS)
    expect(await settingsOf(database)).toEqual(AS_IT_COMES)
  })

  it.each([
    { random_page_cost: '2.5' },
    { work_mem: '1024' },
    { jit: 'off' },
    { random_page_cost: '1', work_mem: '131072', jit: 'off' },
  ])('is planned with what the host has set: %o', async (host) => {
    await set(host)
    const database = new Database(hostOf(knex))
    expect(await withCountSettings(database, settingsOf)).toEqual({ ...FOR_COUNTS, ...host })
    expect(await settingsOf(database)).toEqual({ ...AS_IT_COMES, ...host })
  })

  it('within a transaction of the host leaves its settings as they were, be it counted or not', async () => {
    await knex.transaction(async (host) => {
      const joined = new Database(hostOf(host))
      expect(await withCountSettings(joined, settingsOf)).toEqual(FOR_COUNTS)
      expect(await settingsOf(joined)).toEqual(AS_IT_COMES)
      const failing = withCountSettings(joined, (session) => session.rows(sql`select 1 / 0`))
      await expect(failing).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
      expect(await settingsOf(joined)).toEqual(AS_IT_COMES)
    })
  })
})
