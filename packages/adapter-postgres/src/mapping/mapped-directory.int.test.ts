import { any, attribute, conversationStatus, everyone } from '@campaignkit/core'
import { type Customer, type CustomerId, isCampaignKitError } from '@campaignkit/core/adapter'
import {
  asId,
  casesFor,
  customerDirectoryConformance,
  directoryHas,
  SAMPLE_NOW,
  sampleScope,
} from '@campaignkit/core/testing'
import createKnex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from '../create-postgres-storage.js'
import { openTestStorage, START_MS } from '../test-storage.fixture.js'
import type { CustomerMapping } from './customer-mapping.js'

let knex: Knex
let schema: string
let stop: () => Promise<void>
let cases = 0

beforeAll(async () => {
  ;({ knex, schema, stop } = await openTestStorage())
  await knex.raw(`create table "${schema}".users (
    shop text, id text, first text, last text, email text, phone varchar(20), push text, labels text[],
    login timestamptz, "order" timestamptz, orders bigint, spent bigint, currency varchar(3), talk timestamptz,
    status text, carts int, zone text, lang text, profile jsonb, primary key (shop, id))`)
  await knex.raw(`create table "${schema}".numbered (id bigint primary key, u uuid, tags text[], mood point)`)
  await knex.raw(`insert into "${schema}".numbered select n, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    array['vip'] from generate_series(8, 11) as n`)
}, START_MS)

afterAll(() => stop())

const mapping = (): CustomerMapping => ({
  schema,
  table: 'users',
  tenant: { column: 'shop' },
  id: 'id',
  firstName: 'first',
  lastName: 'last',
  addresses: { email: 'email', phone: 'phone', push: 'push' },
  tags: 'labels',
  facts: {
    lastLoginAt: 'login',
    lastOrderAt: 'order',
    orderCount: 'orders',
    totalSpentMinor: 'spent',
    currency: 'currency',
    lastConversationAt: 'talk',
    conversationStatus: 'status',
    incompleteTransactions: 'carts',
  },
  timeZone: 'zone',
  locale: 'lang',
  attributes: { document: 'profile' },
})

const open = (customers: CustomerMapping) => createPostgresStorage({ knex, schema, customers })
const timeOf = (instant: number | undefined) => (instant === undefined ? null : new Date(instant))

async function insertUsers(shop: string, customers: readonly Customer[]): Promise<void> {
  const rows = customers.map(
    ({ id, firstName, lastName, addresses, tags, facts, timeZone, locale, attributes }) => ({
      ...{ shop, id, first: firstName, last: lastName, ...addresses, labels: tags },
      login: timeOf(facts.lastLoginAt),
      order: timeOf(facts.lastOrderAt),
      talk: timeOf(facts.lastConversationAt),
      ...{ orders: facts.orderCount, spent: facts.totalSpentMinor, currency: facts.currency },
      ...{ status: facts.conversationStatus, carts: facts.incompleteTransactions },
      ...{ zone: timeZone, lang: locale, profile: attributes },
    }),
  )
  const table = `"${schema}".users`
  await knex.raw(
    `insert into ${table} select * from jsonb_populate_recordset(null::${table}, :rows::jsonb)`,
    {
      rows: JSON.stringify(rows),
    },
  )
}

describe("the host's own customers", () => {
  const declared = createPostgresStorage({
    knex: createKnex({ client: 'pg' }),
    customers: { table: 'users', tenant: { only: 'pizzeria' }, id: 'id' },
  })
  it.each(casesFor(customerDirectoryConformance, directoryHas(declared.customers)))(
    '$name',
    async ({ run }) => {
      cases += 1
      const subject = {
        ours: sampleScope(`pizzeria-${cases}`),
        theirs: sampleScope(`trattoria-${cases}`),
        directory: open(mapping()).customers,
        seedCustomers: ({ tenant }: { readonly tenant: string }, customers: readonly Customer[]) =>
          insertUsers(tenant, customers),
      }
      await expect(run(subject)).resolves.toBeUndefined()
    },
  )
})

describe('ids of other types', () => {
  const scope = sampleScope('pizzeria')
  const of = (id: string) =>
    open({ schema, table: 'numbered', tenant: { only: 'pizzeria' }, id, tags: 'tags' }).customers
  const scanAll = async (id: string) => {
    const first = await of(id).scan(scope, { after: null, limit: 2 })
    const after = first.at(-1)?.id ?? null
    return [...first, ...(await of(id).scan(scope, { after, limit: 9 }))].map((each) => each.id)
  }

  it('are ordered as texts and found by their one form', async () => {
    expect(await scanAll('id')).toEqual(['10', '11', '8', '9'])
    const ids = ['8', '08', ' 9', '1e1', 'x', '99999999999999999999', '-8', '11'].map((id) =>
      asId<CustomerId>(id),
    )
    expect((await of('id').get(scope, ids)).map(({ id }) => id).sort()).toEqual(['11', '8'])
  })

  it('are uuids in lower case', async () => {
    const uuids = [8, 9, 10, 11].map((n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`)
    expect(await scanAll('u')).toEqual(uuids)
    const asked = [uuids[2], uuids[2]?.toUpperCase(), 'x', ''].map((id) => asId<CustomerId>(id ?? ''))
    expect((await of('u').get(scope, asked)).map(({ id }) => id)).toEqual([uuids[2]])
    expect(
      (await of('u').scan(scope, { after: asId<CustomerId>('0'), limit: 1 })).map(({ id }) => id),
    ).toEqual([uuids[0]])
  })

  it.each([
    ['an integer', 'shop_number', '7'],
    ['a uuid', 'shop_uuid', '00000000-0000-4000-8000-000000000007'],
  ])('are found by an index of a tenant that is %s', async (_what, column, tenant) => {
    await knex.raw(
      `create table if not exists "${schema}".shops (shop_number int, shop_uuid uuid, id bigint)`,
    )
    await knex.raw(`insert into "${schema}".shops
      select n % 500, ('00000000-0000-4000-8000-' || lpad(to_hex(n % 500), 12, '0'))::uuid, n from generate_series(1, 20000) as n`)
    await knex.raw(`create index on "${schema}".shops (${column}, (id::text collate "C"))`)
    await knex.raw(`analyze "${schema}".shops`)
    const ours = open({ schema, table: 'shops', tenant: { column }, id: 'id' })
    const { plan } = await ours.explainSegment(sampleScope(tenant), everyone(), { asOf: SAMPLE_NOW })
    expect(JSON.stringify(plan)).toMatch(/Index (Only )?Scan/)
    const page = { after: null, limit: 2 }
    expect((await ours.customers.scan(sampleScope(tenant), page)).map(({ id }) => id)).toEqual([
      '10007',
      '1007',
    ])
    for (const other of ['07', '7.0', tenant.toUpperCase() === tenant ? 'x' : tenant.toUpperCase()])
      expect(await ours.customers.scan(sampleScope(other), page)).toEqual([])
    await knex.raw(`drop table "${schema}".shops`)
  })

  it('belong to the only tenant', async () => {
    expect(await of('id').scan(sampleScope('trattoria'), { after: null, limit: 9 })).toEqual([])
    const counted = open({ schema, table: 'numbered', tenant: { only: 'pizzeria' }, id: 'id' })
    expect(await counted.countMatching(scope, everyone(), { asOf: SAMPLE_NOW })).toBe(4)
  })
})

describe('a mapping', () => {
  const base = () => ({ schema, table: 'numbered', tenant: { only: 'pizzeria' }, id: 'id' })
  beforeAll(async () => {
    await knex.raw(
      `create collation "${schema}".any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    )
    await knex.raw(
      `create table "${schema}".alike (id text, alike text collate "${schema}".any_case, tags text[] collate "${schema}".any_case)`,
    )
    await knex.raw(`insert into "${schema}".alike values ('ada', 'Ada', '{VIP}')`)
  })
  const refusal = async (customers: object) => {
    try {
      await open(customers as CustomerMapping).customers.scan(sampleScope('pizzeria'), {
        after: null,
        limit: 1,
      })
    } catch (thrown) {
      return isCampaignKitError(thrown) ? [thrown.code, thrown.path] : thrown
    }
    return null
  }

  it.each([
    ['a table that is not there', { table: 'nobody' }, 'customers.table'],
    ['a schema that is not there', { schema: 'public"; drop schema x; --' }, 'customers.table'],
    ['a column that is not there', { firstName: 'nobody' }, 'customers.firstName'],
    ['a column of an address', { addresses: { email: 'x"; --' } }, 'customers.addresses.email'],
    ['a column of a fact', { facts: { lastOrderAt: 'nobody' } }, 'customers.facts.lastOrderAt'],
    ['a fact of another type', { facts: { lastOrderAt: 'tags' } }, 'customers.facts.lastOrderAt'],
    ['tags that are no list', { tags: 'id' }, 'customers.tags'],
    [
      'a type that the kit does not know',
      { attributes: { columns: { mood: 'mood' } } },
      'customers.attributes.columns.mood',
    ],
    ['a document that is none', { attributes: { document: 'tags' } }, 'customers.attributes.document'],
    ['a column of the tenant', { tenant: { column: 'nobody' } }, 'customers.tenant.column'],
    ['two tenants', { tenant: { column: 'id', only: 'x' } }, 'customers.tenant'],
    ['no tenant', { tenant: {} }, 'customers.tenant'],
    ['an empty name', { id: '' }, 'customers.id'],
    ['a name that is too long', { id: 'é'.repeat(32) }, 'customers.id'],
    ['a name with NUL', { tags: 'a\0b' }, 'customers.tags'],
    ['a name that is no text', { locale: 7 }, 'customers.locale'],
    ['addresses that are no object', { addresses: 'email' }, 'customers.addresses'],
    [
      'tenants that are alike to the database',
      { table: 'alike', tenant: { column: 'alike' } },
      'customers.tenant.column',
    ],
    ['ids that are alike to the database', { table: 'alike', id: 'alike' }, 'customers.id'],
    ['tags that are alike to the database', { table: 'alike', tags: 'tags' }, 'customers.tags'],
  ])('is refused for %s', async (_what, fields, path) => {
    expect(await refusal({ ...base(), ...fields })).toEqual(['INVALID_INPUT', path])
  })

  it.each([
    ['customers.tables', { tables: 'x' }],
    ['customers.facts.lastSeen', { facts: { lastSeen: 'id' } }],
  ])('is refused for an unknown field: %s', async (path, fields) => {
    expect(await refusal({ ...base(), ...fields })).toEqual(['UNKNOWN_FIELD', path])
  })

  it('compares texts and lists that are alike to the database as they stand', async () => {
    const columns = { name: 'alike', labels: 'tags' }
    const { countMatching } = open({
      ...base(),
      table: 'alike',
      facts: { conversationStatus: 'alike' },
      attributes: { columns },
    })
    const counts = ['Ada', 'ada', 'VIP', 'vip'].map(async (value) => {
      const rule = any(
        conversationStatus(value),
        attribute('name', '=', value),
        attribute('labels', 'contains', value),
      )
      return countMatching(sampleScope('pizzeria'), rule, { asOf: SAMPLE_NOW })
    })
    expect(await Promise.all(counts)).toEqual([1, 0, 1, 0])
  })

  it('asks the catalogue again after it was refused', async () => {
    const storage = open({ ...base(), table: 'late' })
    const scan = () => storage.customers.scan(sampleScope('pizzeria'), { after: null, limit: 1 })
    await expect(scan()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await knex.raw(`create view "${schema}".late as select id from "${schema}".numbered`)
    await expect(scan()).resolves.toHaveLength(1)
  })
})
