import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Asked } from './host.js'
import { createPool } from './pool.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage
let table: string
let tables = 0

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

const INSERT = (id: number): Asked => ({
  sql: `insert into ${table} values (?) returning id`,
  bindings: [id],
})

/** A pool of one connection, so that whoever keeps it keeps all others waiting, and a table. */
async function openOne(): Promise<{ knex: Knex; rows: () => Promise<readonly number[]> }> {
  tables += 1
  table = `"${test.schema}".written_${tables}`
  const knex = test.server.connect({ connections: 1 })
  await knex.raw(`create table ${table} (id integer primary key)`)
  const rows = async () => {
    const { rows: found } = await knex.raw<{ rows: { id: number }[] }>(`select id from ${table} order by id`)
    return found.map(({ id }) => id)
  }
  return { knex, rows }
}

describe('a transaction over a connection of the pool', () => {
  it('writes all that is asked within', async () => {
    const { knex, rows } = await openOne()
    const told = await createPool(knex).transaction(async (ask) => [
      await ask(INSERT(1)),
      await ask(INSERT(2)),
    ])
    expect(told).toEqual([[{ id: 1 }], [{ id: 2 }]])
    await expect(rows()).resolves.toEqual([1, 2])
  })

  it('writes nothing where the work throws, and gives the connection back', async () => {
    const { knex, rows } = await openOne()
    const failing = createPool(knex).transaction(async (ask) => {
      await ask(INSERT(1))
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await expect(rows()).resolves.toEqual([])
  })

  it('writes nothing where a statement fails, nor what was asked beside it or comes later', async () => {
    const { knex, rows } = await openOne()
    let later: Promise<unknown> = Promise.resolve()
    const failing = createPool(knex).transaction(async (ask) => {
      await ask(INSERT(1))
      const failed = ask(INSERT(1))
      const beside = ask(INSERT(2)).catch(() => undefined)
      later = beside.then(() => ask(INSERT(3)))
      later.catch(() => undefined)
      await failed
    })
    await expect(failing).rejects.toThrow('duplicate key')
    await expect(later).rejects.toThrow('the transaction has ended')
    await expect(rows()).resolves.toEqual([])
  })

  it('fails with what the commit fails with, and gives the connection back', async () => {
    const { knex, rows } = await openOne()
    await knex.raw(
      `alter table ${table} add before integer references ${table} deferrable initially deferred`,
    )
    const failing = createPool(knex).transaction((ask) =>
      ask({ sql: `insert into ${table} (id, before) values (1, 2)`, bindings: [] }),
    )
    await expect(failing).rejects.toMatchObject({ code: '23503' })
    await expect(rows()).resolves.toEqual([])
  })
})

describe('statements over the pool', () => {
  it('are told to who listens to knex, with their values and what came of them', async () => {
    const { knex } = await openOne()
    const told: unknown[] = []
    knex.on('start', (builder: Knex.Raw) => told.push(['start', builder.toQuery()]))
    knex.on('query', ({ sql, bindings, __knexTxId: id }) => told.push(['query', sql, bindings, id]))
    knex.on('query-response', (response, { bindings }, builder) =>
      told.push(['response', response.rows, bindings, builder.toQuery()]),
    )
    knex.on('query-error', (error, { bindings }) => told.push(['error', error.code, bindings]))
    const pool = createPool(knex)
    await pool.ask({ sql: 'select ?::int as one', bindings: [1] })
    expect(told).toEqual([
      ['start', 'select ?::int as one'],
      ['query', 'select $1::int as one', [1], undefined],
      ['response', [{ one: 1 }], [1], 'select ?::int as one'],
    ])
    told.length = 0
    await pool.ask({ sql: 'select ?::int / 0', bindings: [1] }).catch(() => undefined)
    expect(told.at(-1)).toEqual(['error', '22012', [1]])
    told.length = 0
    await pool.transaction((ask) => ask({ sql: 'select 1', bindings: [] }))
    const transaction = expect.stringMatching(/^campaignkit\d+$/)
    const texts = ['BEGIN ISOLATION LEVEL READ COMMITTED;', 'select 1', 'COMMIT;']
    expect(told.filter((each) => Array.isArray(each) && each[0] === 'query')).toEqual(
      texts.map((text) => ['query', text, [], transaction]),
    )
  })

  it('may have more values than the driver counts', async () => {
    const { knex } = await openOne()
    const odd = [`a "b" \\?`, null, true, 1e21]
    const bindings = Array.from({ length: 70_000 }, (_, at) => odd[at % 5] ?? at)
    const [row] = await createPool(knex).ask<{ readonly is_kept: boolean; readonly all: readonly unknown[] }>(
      {
        sql: `select '["\\?"]'::jsonb \\? '\\?' as is_kept, array[${bindings.map(() => '?::text').join(', ')}] as all`,
        bindings,
      },
    )
    expect(row?.is_kept).toBe(true)
    expect(String(row?.all)).toBe(String(bindings))
  })

  it('come as they are where the host has what knex answers changed', async () => {
    const { knex } = await openOne()
    knex.client.config.postProcessResponse = () => null
    await expect(createPool(knex).ask({ sql: 'select 1 as one', bindings: [] })).resolves.toEqual([
      { one: 1 },
    ])
  })
})
