import {
  COMPARISONS,
  type Criteria,
  compileCriteria,
  DAY_MS,
  readCriteria,
  type Scalar,
  type Scope,
} from '@campaignkit/core/adapter'
import { sampleScope } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from '../create-postgres-storage.js'
import { openTestStorage, START_MS } from '../test-storage.fixture.js'

let knex: Knex
let schema: string
let storage: PostgresStorage
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ knex, schema, stop } = await openTestStorage())
  await knex.raw(`create table "${schema}".people (
    shop text, id text, labels text[], spent numeric, orders bigint, carts double precision,
    order_ms numeric, login_ms double precision, talk_ms bigint,
    small smallint, big bigint, exact numeric, near real, close double precision, profile jsonb,
    primary key (shop, id))`)
  storage = createPostgresStorage({
    knex,
    schema,
    customers: {
      ...{ schema, table: 'people', tenant: { column: 'shop' }, id: 'id', tags: 'labels' },
      facts: {
        ...{ totalSpentMinor: 'spent', orderCount: 'orders', incompleteTransactions: 'carts' },
        ...{ lastOrderAt: 'order_ms', lastLoginAt: 'login_ms', lastConversationAt: 'talk_ms' },
      },
      attributes: {
        document: 'profile',
        columns: { small: 'small', big: 'big', exact: 'exact', near: 'near', close: 'close' },
      },
    },
  })
}, START_MS)

afterAll(() => stop())

/** Puts people into a shop of their own: what a column has of each, as the database writes it. */
async function openShop(shop: string, columns: Readonly<Record<string, readonly (string | null)[]>>) {
  const names = Object.keys(columns)
  const longest = Math.max(...Object.values(columns).map(({ length }) => length))
  for (let at = 0; at < longest; at += 1)
    await knex.raw(
      `insert into "${schema}".people (shop, id, ${names.join(', ')}) values (?, ?${', ?'.repeat(names.length)})`,
      [shop, String(at).padStart(2, '0'), ...names.map((name) => columns[name]?.[at] ?? null)],
    )
  return sampleScope(shop)
}

const AT_ONCE = 10

/** Rules and their opposites of which the database and the matcher of the kit say different things. */
async function differences(scope: Scope, rules: readonly Criteria[], asOf = 0): Promise<readonly unknown[]> {
  const page = { after: null, limit: 100 }
  const customers = await storage.customers.scan(scope, page)
  const differenceOf = async (rule: Criteria) => {
    const criteria = readCriteria(rule)
    const matches = compileCriteria(criteria, { now: asOf })
    const expected = customers.filter((each) => matches(each)).map(({ id }) => id)
    const told = await storage.customers.scanMatching?.(scope, { criteria, asOf }, page)
    const found = told?.customers.map(({ id }) => id)
    const count = await storage.countMatching(scope, criteria, { asOf })
    const isSame = String(found) === String(expected) && count === expected.length
    return isSame ? [] : [{ rule, found, count, expected }]
  }
  const asked = rules.flatMap((rule): Criteria[] => [rule, { type: 'not', of: rule }])
  const found: unknown[] = []
  for (let from = 0; from < asked.length; from += AT_ONCE)
    found.push(...(await Promise.all(asked.slice(from, from + AT_ONCE).map(differenceOf))).flat())
  return found
}

/** The numbers between which a double is the nearest, at the ends of what doubles can be. */
const [TO_INFINITY, TO_NOTHING] = [2n ** 1024n - 2n ** 970n, `${5n ** 1075n}e-1075`]
const DECIMALS = [
  ...['9007199254740993', '9007199254740992', '9007199254740991.7', '-9007199254740993', '0', '5', '-0.0'],
  ...['1.500000000000000000000000001', '1.5', '0.1', '0.1000000000000000055511151231257827', '1e23'],
  ...['1e400', '-1e400', '1e-400', '-1e-400', `${TO_INFINITY}`, `${TO_INFINITY - 1n}`, `-${TO_INFINITY}`],
  ...[TO_NOTHING, `-${TO_NOTHING}`, `${5n ** 1075n + 1n}e-1075`],
]
/** In a document, as the nearest double has more than 15 digits, or is none of what is asked for. */
const LONG_DECIMALS = DECIMALS.filter((decimal) => {
  const nearest = Number(decimal)
  return Number(nearest.toPrecision(15)) !== nearest || /^-?(?:5|1\.5|0\.1|1e23|0|0\.0|1e400)$/.test(decimal)
})
const INTEGERS = ['9007199254740993', '9007199254740992', '-9007199254740993', '5', '9223372036854775807']
const DOUBLES = ['NaN', 'Infinity', '-Infinity', '0.1', '1e23', '-0', '5', '5e-324', '9007199254740992']
const VALUES = [
  ...[2 ** 53, 2 ** 53 - 1, -(2 ** 53), 0, 5, 1.5, 0.1, 1e23],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE],
]
const MANY = Array.from({ length: 20 }, (_, at) => `${at}`)

const attributeRules = (name: string): readonly Criteria[] => [
  { type: 'attribute', name, op: 'exists' },
  ...VALUES.flatMap((value): Criteria[] => [
    ...COMPARISONS.map((op): Criteria => ({ type: 'attribute', name, op, value })),
    ...[[value], [value, 5], [...MANY, value], [...MANY.map(Number), value, 'x']].map(
      (list): Criteria => ({
        type: 'attribute',
        name,
        op: 'in',
        value: list as readonly Scalar[] as Scalar[],
      }),
    ),
  ]),
]

describe('numbers that no double is', () => {
  it('are read as the nearest one, be it of a column or of a document', async () => {
    const numbers = ['9007199254740993', '1.500000000000000000000000001', '1e400', '-1e400', '1e-400']
    const scope = await openShop('nearest', {
      spent: numbers,
      exact: numbers,
      profile: numbers.map((number) => `{"n": ${number}}`),
    })
    const customers = await storage.customers.scan(scope, { after: null, limit: 9 })
    const nearest = [2 ** 53, 1.5, Infinity, -Infinity, 0]
    expect(customers.map(({ facts }) => facts.totalSpentMinor)).toEqual(nearest)
    expect(customers.map(({ attributes }) => attributes.exact)).toEqual(nearest)
    expect(customers.map(({ attributes }) => attributes.n)).toEqual(nearest)
  })

  it('are what rules compare, in the database and in the process', async () => {
    const scope = await openShop('compared', {
      spent: [...DECIMALS, ...DOUBLES],
      orders: INTEGERS,
      carts: DOUBLES,
      small: ['5', '0', '-1'],
      big: INTEGERS,
      exact: [...DECIMALS, ...DOUBLES],
      near: ['NaN', 'Infinity', '-Infinity', '0.1', '16777217', '1e-40', '3.4e38', '5'],
      close: DOUBLES,
      profile: [
        ...LONG_DECIMALS.map((number) => `{"n": ${number}}`),
        '{"n": [5]}',
        '{"n": "5"}',
        '{"n": true}',
        '["n"]',
      ],
    })
    const facts = (['totalSpentMinor', 'orderCount', 'incompleteTransactions'] as const).flatMap(
      (fact): readonly Criteria[] => [
        { type: 'known', fact },
        ...VALUES.flatMap((value) => COMPARISONS.map((op): Criteria => ({ type: 'fact', fact, op, value }))),
      ],
    )
    const names = ['small', 'big', 'exact', 'near', 'close', 'n']
    expect(await differences(scope, [...facts, ...names.flatMap(attributeRules)])).toEqual([])
  }, 120_000)

  it('are sought by the index of a document, by their name where they are long, by all of them where they are short', async () => {
    await knex.raw(`insert into "${schema}".people (shop, id, profile)
      select 'indexed', 'n' || n, jsonb_build_object(case when n % 5000 = 0 then 'rare' else 'often' end, 9007199254740000 + n)
      from generate_series(1, 20000) as n`)
    await knex.raw(
      `update "${schema}".people set profile = '{"often": 7}' where shop = 'indexed' and id = 'n7'`,
    )
    await knex.raw(`create index people_by_profile on "${schema}".people using gin (profile)`)
    await knex.raw(`vacuum analyze "${schema}".people`)
    for (const [name, value] of [
      ['rare', 9_007_199_254_745_000],
      ['often', 7],
    ] as const) {
      const rule: Criteria = { type: 'attribute', name, op: '=', value }
      const { plan } = await storage.explainSegment(sampleScope('indexed'), rule, { asOf: 0 })
      expect(JSON.stringify(plan)).toContain('people_by_profile')
      expect(await storage.countMatching(sampleScope('indexed'), rule, { asOf: 0 })).toBe(1)
    }
  })
})

describe('instants in milliseconds', () => {
  const NOW = 1_772_323_200_000
  const times = (ms: number) => [`${ms}`, `${ms - 1}.9999999999999999`, `${ms}.4`, `${ms}.9999`, `${ms + 1}`]

  it('are read without parts of one, be they numeric or floating', async () => {
    const scope = await openShop('instants', {
      order_ms: [...times(NOW), '-0.5', 'NaN', '1e400'],
      login_ms: [`${NOW}.4`, '-0.5', 'NaN', 'Infinity'],
    })
    const customers = await storage.customers.scan(scope, { after: null, limit: 9 })
    const orders = [NOW, NOW - 1, NOW, NOW, NOW + 1, -1, undefined, Infinity]
    expect(customers.map(({ facts }) => facts.lastOrderAt)).toEqual(orders)
    expect(customers.slice(0, 4).map(({ facts }) => facts.lastLoginAt)).toEqual([
      NOW,
      -1,
      undefined,
      Infinity,
    ])
  })

  it('are compared so at both bounds', async () => {
    const rest = ['-0.5', '0', 'NaN', 'Infinity', '-Infinity', '1e300']
    const both = [...times(NOW), ...times(NOW - DAY_MS), ...rest]
    const scope = await openShop('bounds', {
      order_ms: [...both, '1e400', '1e-400'],
      login_ms: both,
      talk_ms: [null, `${NOW}`, `${NOW + 1}`, `${NOW - DAY_MS}`, `${NOW - DAY_MS - 1}`, '9007199254740993'],
    })
    const rules = ([1, 1 / DAY_MS, 30] as const).flatMap((days): Criteria[] => [
      { type: 'inactive', days },
      ...(['lastOrderAt', 'lastLoginAt', 'lastConversationAt'] as const).flatMap((fact): Criteria[] => [
        { type: 'within', fact, days },
        { type: 'known', fact },
      ]),
    ])
    for (const asOf of [NOW, NOW + 0.5, NOW + 1, NOW - 1])
      expect(await differences(scope, rules, asOf)).toEqual([])
  })
})

describe('tags in a table of tags', () => {
  it('are all that stand in it', async () => {
    const scope = await openShop('tables', {
      labels: ['{{b,a},{NULL,b}}', '{{{c}}}', '{a}', '[0:1]={a,z}', '{}'],
    })
    const customers = await storage.customers.scan(scope, { after: null, limit: 9 })
    expect(customers.map(({ tags }) => tags)).toEqual([['a', 'b'], ['c'], ['a'], ['a', 'z'], []])
    const rules = [['a'], ['b', 'c'], ['a', 'b'], ['z']].flatMap((tags) =>
      (['any', 'all', 'none'] as const).map((match): Criteria => ({ type: 'tags', match, tags })),
    )
    expect(await differences(scope, rules)).toEqual([])
  })
})
