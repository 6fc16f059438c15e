import {
  all,
  any,
  attribute,
  eligible,
  eventCount,
  inactiveFor,
  noTags,
  not,
  orderedWithin,
  segment,
  tag,
} from '@campaignkit/core'
import { type Criteria, type CriteriaInput, DAY_MS, readCriteria } from '@campaignkit/core/adapter'
import { SAMPLE_NOW, sampleJournalEntry, sampleScope, sampleSegment } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresStorage } from '../create-postgres-storage.js'
import { Database } from '../database.js'
import { hostOf } from '../pool.js'
import { type Tables, tablesIn } from '../tables.js'
import { openTestStorage, START_MS } from '../test-storage.fixture.js'
import { countStatement } from './matching-statements.js'
import { ownCustomers } from './own-customers.js'

const CUSTOMERS = 200_000
const scope = sampleScope('pizzeria')
const asOf = SAMPLE_NOW

let knex: Knex
let storage: PostgresStorage
let tables: Tables
let stop: () => Promise<void>

beforeAll(async () => {
  let schema: string
  ;({ knex, schema, storage, stop } = await openTestStorage())
  tables = tablesIn(schema)
  await knex.raw(
    `insert into "${schema}".customers (tenant, id, last_name, tags, last_order_at, last_login_at, order_count, total_spent_minor,
        incomplete_transactions, attributes)
      select 'pizzeria', 'c-' || n, repeat('Lovelace', 40), array['all', 't' || n % 5000],
        case when n % 2 = 0 then :now - n * 60000.0 end, case when n % 3 = 0 then :now - n * 90000.0 end,
        n % 1000, n, case when n % 5000 = 0 then 1 end,
        jsonb_build_object('city', 'city ' || n % 4000, 'likes', jsonb_build_array('food ' || n % 3000))
      from generate_series(1, :count::int) as n`,
    { now: asOf, count: CUSTOMERS },
  )
  await knex.raw(
    `insert into "${schema}".events (tenant, key, part, type, at, recorded_at, customer_id, attributions, amount_minor,
        cost_micros, machine)
      select 'pizzeria', 'e-' || n, 0, 'clicked', :now - n * 60000.0, :now, 'c-' || n, '[]', 0, 0, false
      from generate_series(1, :count::int) as n`,
    { now: asOf, count: CUSTOMERS },
  )
  await knex.raw(`reindex index "${schema}".customers_by_facts`)
  await knex.raw(`vacuum analyze "${schema}".customers`)
  await knex.raw(`analyze "${schema}".events`)
  for (const [name, criteria] of [
    ['Rare', tag('t7')],
    ['Rarer', all(segment('Rare'), not(inactiveFor({ days: 100 })))],
  ] as const) {
    await storage.segments.put(
      scope,
      sampleSegment({ name, criteria }),
      null,
      sampleJournalEntry({ id: name }),
    )
  }
}, START_MS)

afterAll(() => stop())

const clicked = (op: '<' | '>=', count: number) => eventCount('clicked', op, count, { withinDays: 1 })

const planOf = async (criteria: CriteriaInput) =>
  JSON.stringify((await storage.explainSegment(scope, criteria, { asOf })).plan)

describe('a selective rule of 200,000 customers', () => {
  it.each([
    ['customers_by_tags', tag('t7')],
    ['customers_by_tags', all(tag('all'), tag('t8'), not(tag('t9')))],
    ['customers_by_tags', segment('Rarer')],
    ['customers_by_tags', any(tag('t7'), attribute('city', '=', 'city 9'))],
    ['customers_by_attributes', any(tag('t7'), attribute('city', '=', 'city 9'))],
    ['customers_by_attributes', attribute('city', 'in', ['city 1', 'city 2'])],
    ['customers_by_attributes', attribute('likes', 'contains', 'food 7')],
    ['customers_by_text_attributes', attribute('likes', 'contains', 'food 7')],
    ['customers_by_last_order_at', orderedWithin({ days: 1 })],
    ['customers_by_latest_activity_at', inactiveFor({ days: 190 })],
    ['customers_by_order_count', { type: 'fact', fact: 'orderCount', op: '=', value: 12 }],
    ['customers_by_total_spent_minor', { type: 'fact', fact: 'totalSpentMinor', op: '<', value: 100 }],
    [
      'customers_by_incomplete_transactions',
      { type: 'fact', fact: 'incompleteTransactions', op: '>=', value: 1 },
    ],
  ] satisfies readonly (readonly [string, CriteriaInput])[])(
    'is found by %s (%#)',
    async (index, criteria) => {
      expect(await planOf(criteria)).toContain(`"${index}"`)
    },
  )
})

describe('a rule that very many of 200,000 customers match', () => {
  const many = noTags('t7', 't8')
  /** Whose count of orders is none of so many numbers. */
  const isNoneOf = (numbers: number): CriteriaInput =>
    all(
      many,
      ...Array.from(
        { length: numbers },
        (_, at): Criteria => ({ type: 'fact', fact: 'orderCount', op: '!=', value: 1_000 + at }),
      ),
    )
  it.each([
    ['facts alone', many],
    ['tags and facts', all(tag('all'), any(not(orderedWithin({ days: 30 })), inactiveFor({ days: 30 })))],
    ['whether there are events', all(tag('all'), clicked('<', 1))],
    ['how many events there are', all(tag('all'), clicked('<', 2))],
    ['facts, and beside them an attribute that few have', any(many, attribute('city', '=', 'city 9'))],
    ['more numbers than each part is asked', isNoneOf(120)],
  ] satisfies readonly (readonly [string, CriteriaInput])[])(
    'is counted by the index of all facts: %s',
    async (_, rule) => {
      const { statement, plan } = await storage.explainSegment(scope, rule, { asOf })
      expect(JSON.stringify(plan)).toContain('"customers_by_facts"')
      expect(statement).toContain('c.is_compact')
      // in 32 parts, each by a process, and those who do not stand in it
      expect(statement.match(/ union all /g)).toHaveLength(32)
      const place = { source: ownCustomers(tables), tables, tenant: scope.tenant }
      const byRows = countStatement(place, { criteria: readCriteria(rule), asOf })
      const [counted] = await new Database(hostOf(knex)).rows<{ readonly count: number }>(byRows)
      expect(await storage.countMatching(scope, rule, { asOf })).toBe(counted?.count)
    },
  )

  it.each([
    ['none of many events', '<', 1, 1_439],
    ['each of many events', '>=', 1, 0],
    ['many of each of many events', '>=', 2, 0],
  ] as const)('is joined by few events, and counts the others: %s', async (_, op, count, matching) => {
    const rules = Array.from({ length: 150 }, (_, at) =>
      eventCount(at === 0 ? 'clicked' : `opened.${at}`, op, count, { withinDays: 1 }),
    )
    const rule = readCriteria(all({ type: 'fact', fact: 'totalSpentMinor', op: '<', value: 2_880 }, ...rules))
    const { statement } = await storage.explainSegment(scope, rule, { asOf })
    expect(statement.match(/exists/g)?.length ?? 0).toBeLessThanOrEqual(12)
    expect(await storage.countMatching(scope, rule, { asOf })).toBe(matching)
    const page = await storage.customers.scanMatching?.(
      scope,
      { criteria: rule, asOf },
      { after: null, limit: 10_000 },
    )
    expect(page?.customers).toHaveLength(matching)
  })

  it('is asked for its values once in each part, and once for all where they are many', async () => {
    const few = await storage.explainSegment(scope, many, { asOf })
    const counts = (statement: string) => statement.match(/select count\(\*\) as size/g)
    expect(counts(few.statement)).toHaveLength(33)
    expect(few.statement).toContain('c.tag_bits &')
    const long = await storage.explainSegment(scope, isNoneOf(120), { asOf })
    expect(counts(long.statement)).toHaveLength(2)
    // in the index, and among those who do not stand in it
    expect(long.parameters).toBeLessThan(5 * 120)
  })

  it.each([
    ['few match', tag('t7')],
    ['an attribute must pass', all(many, attribute('city', '=', 'city 9'))],
    ['one fact decides, by its own index', inactiveFor({ days: 30 })],
    ['an attribute that no index finds may pass', any(many, attribute('points', '>', 3))],
  ] satisfies readonly (readonly [string, CriteriaInput])[])(
    'is counted by the rows where %s',
    async (_, rule) => {
      const { statement } = await storage.explainSegment(scope, rule, { asOf })
      expect(statement).not.toContain('c.is_compact')
    },
  )
})

describe('explainSegment', () => {
  it('gives the statement, how many parameters it has, and the external rules', async () => {
    const explained = await storage.explainSegment(scope, all(tag("'; --"), eligible('credit')), { asOf })
    expect(explained.statement).toContain('(c.tags && $2::text[])')
    expect(explained.statement).not.toContain("'; --")
    expect(explained).toMatchObject({ parameters: 2, externalRules: ['credit'] })
  })

  it('gives the operators of the database as they are', async () => {
    const rule = attribute('likes', 'contains', 'food 7')
    expect((await storage.explainSegment(scope, rule, { asOf })).statement).toContain(
      'c.attributes @> $2::jsonb',
    )
    const { statement } = await storage.explainSegment(scope, not(rule), { asOf })
    expect(statement).toContain('? $')
  })

  it('tells with which settings the statement is planned', async () => {
    const { plan } = await storage.explainSegment(scope, tag('t7'), { asOf })
    // those of a server that somebody has set up are told as well
    const told = { random_page_cost: expect.any(String), work_mem: expect.any(String) }
    expect(plan).toMatchObject([{ Settings: told }])
  })

  it('runs the statement where it is asked to', async () => {
    const told = async (analyze: boolean) =>
      JSON.stringify((await storage.explainSegment(scope, tag('t7'), { asOf, analyze })).plan)
    expect(await told(true)).toContain('Actual Rows')
    expect(await told(false)).not.toContain('Actual Rows')
  })

  it('counts as countMatching does, segments within segments resolved', async () => {
    expect(await storage.countMatching(scope, tag('t7'), { asOf })).toBe(40)
    expect(await storage.countMatching(scope, segment('Rarer'), { asOf })).toBe(
      await storage.countMatching(scope, all(tag('t7'), not(inactiveFor({ days: 100 }))), { asOf }),
    )
    const clicked = eventCount('clicked', '>=', 1, { withinDays: 1 })
    expect(await storage.countMatching(scope, clicked, { asOf })).toBe(DAY_MS / 60_000)
  })

  it.each([
    ['CRITERIA_INVALID', { type: 'nothing' }],
    ['SEGMENT_NOT_FOUND', segment('nobody')],
    ['ELIGIBILITY_MISPLACED', { type: 'not', of: eligible('credit') }],
  ])('refuses with %s', async (code, criteria) => {
    await expect(storage.explainSegment(scope, criteria as CriteriaInput, { asOf })).rejects.toMatchObject({
      code,
    })
    await expect(storage.countMatching(scope, criteria as CriteriaInput, { asOf })).rejects.toMatchObject({
      code,
    })
  })
})
