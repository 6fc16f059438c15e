import { type CustomerPatch, customerPatchSchema } from '@campaignkit/core/adapter'
import { sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import createKnex, { type Knex } from 'knex'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage
const opened: Knex[] = []

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterEach(async () => {
  await Promise.all(opened.splice(0).map((knex) => knex.destroy()))
})

afterAll(() => test.stop())

const scope = sampleScope('pizzeria')
const SPENT = Number.MAX_SAFE_INTEGER
const ORDERED_AT = 1_772_323_200_123

/** A storage over connections that show so many digits of a number. */
function openWith(digits: number) {
  const url = new URL(test.server.url)
  url.searchParams.set('options', `-c extra_float_digits=${digits}`)
  const knex = createKnex({ client: 'pg', connection: url.href, pool: { min: 0, max: 4 } })
  opened.push(knex)
  return { knex, storage: createPostgresStorage({ knex, schema: test.schema }) }
}

const patchOf = (id: string): CustomerPatch =>
  customerPatchSchema.parse({ id, facts: { lastOrderAt: ORDERED_AT, totalSpentMinor: SPENT } })
const refusal = (digits: number) => ({
  code: 'INVALID_INPUT',
  path: 'knex',
  details: { setting: 'extra_float_digits', value: digits },
})

describe('numbers over connections that show', () => {
  it.each([1, 2, 3])(
    'all digits of them are read as they were written (extra_float_digits = %i)',
    async (digits) => {
      const { storage } = openWith(digits)
      const [patch, entry] = [patchOf(`c-${digits}`), sampleJournalEntry({ id: `j-${digits}` })]
      await storage.customers.upsert(scope, [patch], entry)
      expect(await storage.customers.get(scope, [patch.id])).toMatchObject([{ facts: patch.facts }])
    },
  )

  it.each([0, -5])('fewer are neither read nor written (extra_float_digits = %i)', async (digits) => {
    const { storage } = openWith(digits)
    const [patch, entry] = [patchOf(`c-${digits}`), sampleJournalEntry({ id: `j-${digits}` })]
    const calls = [
      () => storage.customers.upsert(scope, [patch], entry),
      () => storage.customers.get(scope, [patch.id]),
      () => storage.countMatching(scope, { type: 'everyone' }, { asOf: ORDERED_AT }),
      () => storage.maintain({ now: ORDERED_AT }),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject(refusal(digits))
    expect(await test.storage.customers.get(scope, [patch.id])).toEqual([])
  })

  it('fewer are refused in a transaction of the host, which can be taken back', async () => {
    const { knex } = openWith(0)
    const patch = patchOf('c-host')
    const refused = knex.transaction(async (transaction) => {
      const { storage } = test.storage.enlist?.(transaction) ?? {}
      await storage?.customers.upsert(scope, [patch], sampleJournalEntry({ id: 'j-host' }))
    })
    await expect(refused).rejects.toMatchObject(refusal(0))
    expect(await test.storage.customers.get(scope, [patch.id])).toEqual([])
  })

  it('are asked again after they were refused, and no more once they are right', async () => {
    const { knex, storage } = openWith(1)
    const asked: string[] = []
    knex.on('query', ({ sql }: { readonly sql: string }) => asked.push(sql))
    const read = () => storage.customers.get(scope, [])
    const one = createKnex({ client: 'pg', connection: test.server.url, pool: { min: 0, max: 1 } })
    opened.push(one)
    const mended = createPostgresStorage({ knex: one, schema: test.schema })
    await one.raw('set extra_float_digits = 0')
    await expect(mended.customers.get(scope, [])).rejects.toMatchObject(refusal(0))
    await one.raw('reset extra_float_digits')
    await expect(mended.customers.get(scope, [])).resolves.toEqual([])
    await read()
    await read()
    await storage.maintain({ now: ORDERED_AT })
    expect(asked.filter((sql) => sql.includes('extra_float_digits'))).toHaveLength(1)
  })
})
