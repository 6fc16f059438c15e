import type { CampaignId, CustomerId } from '@campaignkit/core/adapter'
import { sampleEvent, sampleScope } from '@campaignkit/core/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

const scope = sampleScope('pizzeria')
const [attribution] = sampleEvent().attributions

/** An event that counts in two campaigns, and so has two rows. */
const eventOf = (at: number) =>
  sampleEvent({
    key: `e-${at}`,
    at,
    customerId: `c-${at % 1_000}` as CustomerId,
    attributions: ['one', 'two'].flatMap((id) =>
      attribution === undefined ? [] : [{ ...attribution, campaignId: id as CampaignId }],
    ),
  })

it('events of the erased are found by indexes, under each of their campaigns', async () => {
  const { knex, schema, storage } = test
  for (let from = 0; from < 10_000; from += 2_000)
    await storage.events.append(
      scope,
      Array.from({ length: 2_000 }, (_, at) => eventOf(from + at)),
    )
  await knex.raw(`analyze "${schema}".events`)
  const transaction = await knex.transaction()
  const enlisted = storage.enlist?.(transaction)
  await enlisted?.storage.events.forget(scope, ['c-7' as CustomerId, 'c-8' as CustomerId])
  const { rows } = await transaction.raw(
    `select sum(seq_scan)::int as scans from pg_stat_xact_user_tables where schemaname = ? and relname like 'events%'`,
    [schema],
  )
  await transaction.commit()
  expect(rows).toEqual([{ scans: 0 }])
  const left = await knex.withSchema(schema).from('events').whereNull('customer_id').select('key', 'part')
  expect(left).toHaveLength(40)
  expect(await knex.withSchema(schema).from('events').whereIn('customer_id', ['c-7', 'c-8'])).toEqual([])
})

it('an event that comes while its customer is erased is of the erased, or of somebody new, by counts and facts alike', async () => {
  const { knex, schema, storage } = test
  const by = sampleScope('trattoria')
  const one = 'one' as CampaignId
  const membersOf = async () => (await storage.events.counters(by, one)).map(({ members }) => members)
  await storage.events.append(by, [eventOf(1)])
  const transaction = await knex.transaction()
  const enlisted = storage.enlist?.(transaction)
  await enlisted?.storage.events.append(by, [eventOf(1_001)])
  const erased = storage.events.forget(by, ['c-1' as CustomerId])
  await vi.waitFor(async () => {
    const { rows } = await knex.raw('select 1 from pg_locks where not granted')
    expect(rows).toHaveLength(1)
  }, 20_000)
  await transaction.commit()
  await erased
  for (const at of [2_001, 3_001]) {
    const kept = await membersOf()
    await storage.events.rebuild(by, one)
    expect(await membersOf()).toEqual(kept)
    await storage.events.append(by, [eventOf(at)])
  }
  const ids = await knex
    .withSchema(schema)
    .from('events')
    .where({ tenant: 'trattoria', part: 0 })
    .orderBy('at')
    .pluck('customer_id')
  expect(ids).toEqual([null, null, 'c-1', 'c-1'])
})
