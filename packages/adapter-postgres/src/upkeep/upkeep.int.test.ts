import { type CampaignEvent, type CampaignId, type CustomerId, DAY_MS } from '@campaignkit/core/adapter'
import {
  createManualClock,
  sampleCampaign,
  sampleDelivery,
  sampleEvent,
  sampleJournalEntry,
  sampleRun,
  sampleScope,
} from '@campaignkit/core/testing'
import fc from 'fast-check'
import type { Knex } from 'knex'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from '../create-postgres-storage.js'
import { Database } from '../database.js'
import { onStatement } from '../on-statement.fixture.js'
import { hostOf } from '../pool.js'
import { tablesIn } from '../tables.js'
import { openTestStorage, START_MS, type TestStorage } from '../test-storage.fixture.js'
import type { UpkeepOutcome } from './maintain.js'
import { type Alone, dropPartitions, makePartitions } from './partitions.js'
import { runMaintenance } from './run-maintenance.js'
import { parseUpkeep } from './upkeep-options.js'

let test: TestStorage
let knex: Knex
let storage: PostgresStorage
let cases = 0

const NOW = Date.UTC(2026, 2, 10, 12)
const CAMPAIGN = sampleRun().campaignId

beforeAll(async () => {
  test = await openTestStorage()
  knex = test.knex
}, START_MS)

afterAll(() => test.stop())

/** A schema of its own, since upkeep is of all tenants. */
beforeEach(async () => {
  cases += 1
  storage = createPostgresStorage({ knex, schema: `${test.schema}_${cases}` })
  await storage.migrate()
  return async () => void (await knex.raw(`drop schema "${test.schema}_${cases}" cascade`))
})

const scope = sampleScope('pizzeria')
const table = (name: string) => knex.withSchema(`${test.schema}_${cases}`).from(name)
const countOf = async (name: string) => Number((await table(name).count<{ count: string }[]>())[0]?.count)
/** How many statements wait for a lock. */
const waiting = async () => {
  const { rows } = await knex.raw('select 1 from pg_locks where not granted')
  return rows.length
}
const eventAt = (recordedAt: number, key = `e-${recordedAt}`) =>
  sampleEvent({ key, recordedAt, at: recordedAt })

describe('partitions of events', () => {
  it('are made ahead, once, with what stood in the default one moved to its month', async () => {
    await storage.events.append(scope, [
      eventAt(NOW),
      eventAt(Date.UTC(2026, 1, 28)),
      eventAt(Date.UTC(2026, 2, 1)),
    ])
    const first = await storage.maintain({ now: NOW, monthsAhead: 2 })
    expect(first).toMatchObject({
      outcome: 'done',
      made: ['events_2026m03', 'events_2026m04', 'events_2026m05'],
      dropped: [],
    })
    expect([await countOf('events_2026m03'), await countOf('events_default')]).toEqual([2, 1])
    await storage.events.append(scope, [
      eventAt(Date.UTC(2026, 2, 31, 23, 59, 59, 999)),
      eventAt(Date.UTC(2026, 3, 1)),
    ])
    expect([await countOf('events_2026m03'), await countOf('events_2026m04')]).toEqual([3, 1])
    expect(await countOf('events')).toBe(5)
    expect((await storage.maintain({ now: NOW, monthsAhead: 3 })).made).toEqual(['events_2026m06'])
  })

  it('are made and dropped once, though another process did it just before', async () => {
    const schema = `${test.schema}_${cases}`
    const database = new Database(hostOf(knex))
    for (const [step, now] of [
      [makePartitions, NOW],
      [dropPartitions, NOW + 300 * DAY_MS],
    ] as const) {
      const options = { now, monthsAhead: 1, eventsKeptForDays: 31 }
      const other: UpkeepOutcome[] = []
      const alone: Alone = async (work) => {
        if (other.length === 0) other.push(await storage.maintain(options))
        return database.transaction(work)
      }
      expect(await step(database, alone, tablesIn(schema), parseUpkeep(options))).toEqual([])
      expect(other).toMatchObject([{ outcome: 'done' }])
    }
  })

  it('take an event that was on its way to the default one when its month got one', async () => {
    const schema = `${test.schema}_${cases}`
    const other = await knex.transaction()
    const month = '"events_2026m03"'
    await other.raw(`create table "${schema}".${month} (like "${schema}".events including all)`)
    await other.raw(`lock table "${schema}".events_default in access exclusive mode`)
    const written = storage.events.append(scope, [eventAt(NOW)])
    await vi.waitFor(async () => {
      const { rows } = await knex.raw('select 1 from pg_locks where not granted')
      expect(rows).toHaveLength(1)
    }, 20_000)
    const [from, to] = [Date.UTC(2026, 2, 1), Date.UTC(2026, 3, 1)]
    await other.raw(
      `alter table "${schema}".events attach partition "${schema}".${month} for values from (${from}) to (${to})`,
    )
    await other.commit()
    expect(await written).toHaveLength(1)
    expect([await countOf('events_2026m03'), await countOf('events_default')]).toEqual([1, 0])
  })

  it('are made beside others, who miss nothing of what moves', async () => {
    await storage.events.append(scope, [eventAt(NOW), eventAt(Date.UTC(2026, 1, 28))])
    const kept = sorted(await storage.events.counters(scope, CAMPAIGN))
    const customer = sampleEvent().customerId as CustomerId
    const meanwhile: Promise<unknown>[] = []
    const making = onStatement(knex, async (text, run) => {
      if (text.includes('attach partition') && meanwhile.length === 0) {
        meanwhile.push(
          storage.events.ofCustomer(scope, customer).then((events) => events.length),
          storage.events.rebuild(scope, CAMPAIGN),
        )
        await vi.waitFor(async () => expect(await waiting()).toBe(2), 20_000)
        meanwhile.push(storage.events.forget(scope, [customer]))
        await vi.waitFor(async () => expect(await waiting()).toBe(3), 20_000)
      }
      return run(text)
    })
    const schema = `${test.schema}_${cases}`
    const { made } = await createPostgresStorage({ knex: making, schema }).maintain({ now: NOW })
    expect(made).toContain('events_2026m03')
    expect(await Promise.all(meanwhile)).toEqual([2, { outcome: 'rebuilt' }, undefined])
    expect(sorted(await storage.events.counters(scope, CAMPAIGN))).toEqual(kept)
    expect(await table('events').whereNotNull('customer_id').pluck('key')).toEqual([])
  })

  it('that a host has made under names of its own stand in the way of none', async () => {
    const [from, to] = [Date.UTC(2026, 2, 1), Date.UTC(2026, 4, 1)]
    await knex.raw(
      `create table "${test.schema}_${cases}".spring partition of "${test.schema}_${cases}".events for values from (${from}) to (${to})`,
    )
    await storage.events.append(scope, [eventAt(NOW), eventAt(NOW - 200 * DAY_MS)])
    const outcome = await storage.maintain({ now: NOW, monthsAhead: 2, eventsKeptForDays: 100 })
    expect(outcome).toMatchObject({ outcome: 'done', made: ['events_2026m05'], dropped: [] })
    expect(outcome.deleted).toMatchObject({ events: 1 })
    expect([await countOf('spring'), await countOf('events')]).toEqual([1, 1])
  })

  it.each([
    'set statement_timeout = 250',
    // servers before 17 do not know it
    `select set_config(name, '250', false) from pg_settings where name = 'transaction_timeout'`,
  ])('are dropped however long that takes, whatever the role allows: %s', async (first) => {
    await storage.maintain({ now: NOW, monthsAhead: 1 })
    const hurried = test.server.connect({ connections: 1, first })
    const slow = onStatement(hurried, async (text, run) => {
      if (text.includes('select distinct tenant')) await run('select pg_sleep(0.5)')
      return run(text)
    })
    const { dropped } = await createPostgresStorage({
      knex: slow,
      schema: `${test.schema}_${cases}`,
    }).maintain({ now: Date.UTC(2026, 4, 1), monthsAhead: 1, eventsKeptForDays: 30 })
    expect(dropped).toEqual(['events_2026m03'])
  })

  it('leave a month in the default one that has too much of it', async () => {
    const events = Array.from({ length: 30 }, (_, at) => eventAt(NOW + at))
    await storage.events.append(scope, events)
    expect((await storage.maintain({ now: NOW, monthsAhead: 1, mostRows: 2 })).made).toEqual([
      'events_2026m04',
    ])
    expect(await countOf('events_default')).toBe(30)
  })

  it('are dropped when their last instant is older than events are kept, and the journal stays', async () => {
    await storage.maintain({ now: NOW, monthsAhead: 1 })
    await storage.journal.append(scope, sampleJournalEntry({ at: 0 }))
    await storage.events.append(scope, [eventAt(NOW)])
    const counters = await storage.events.counters(scope, CAMPAIGN)
    const kept = { eventsKeptForDays: 30, monthsAhead: 1 }
    const tooEarly = await storage.maintain({ ...kept, now: Date.UTC(2026, 3, 30, 23) })
    expect(tooEarly.dropped).toEqual([])
    await expect(storage.events.rebuild(scope, CAMPAIGN)).resolves.toEqual({ outcome: 'rebuilt' })
    const over = await storage.maintain({ ...kept, now: Date.UTC(2026, 4, 1) })
    expect(over.dropped).toEqual(['events_2026m03'])
    expect(await countOf('events')).toBe(0)
    expect(await countOf('journal')).toBe(1)
    await expect(storage.events.rebuild(scope, CAMPAIGN)).resolves.toEqual({ outcome: 'factsGone' })
    const entry = sampleJournalEntry({ id: 'reclassify' })
    await expect(storage.events.reclassify(scope, CAMPAIGN, [], entry)).resolves.toEqual({
      outcome: 'factsGone',
    })
    expect(await countOf('journal')).toBe(1)
    await expect(storage.events.counters(scope, CAMPAIGN)).resolves.toEqual(counters)
  })

  it('are taken back with the migration', async () => {
    await storage.maintain({ now: NOW })
    await storage.rollback()
    await storage.migrate()
    expect((await storage.maintain({ now: NOW, monthsAhead: 1 })).made).toHaveLength(2)
  })
})

describe('what is older than it is to be kept', () => {
  it('goes portion by portion until nothing is left', async () => {
    const old = Array.from({ length: 25 }, (_, at) => eventAt(NOW - 200 * DAY_MS + at))
    await storage.events.append(scope, [...old, eventAt(NOW)])
    const call = () => storage.maintain({ now: NOW, eventsKeptForDays: 100, mostRows: 10, monthsAhead: 1 })
    const outcomes: UpkeepOutcome[] = []
    do outcomes.push(await call())
    while (outcomes.at(-1)?.outcome === 'more')
    expect(outcomes.map(({ deleted }) => [deleted.events, deleted.eventKeys])).toEqual([
      [10, 10],
      [10, 10],
      [5, 5],
    ])
    expect([await countOf('events'), await countOf('event_keys')]).toEqual([1, 1])
    await expect(storage.events.rebuild(scope, CAMPAIGN)).resolves.toEqual({ outcome: 'factsGone' })
  })

  it('leaves deliveries alone that are of a campaign or run that goes on, and claims of a run that does', async () => {
    const states = [
      ['completed', 'ended', 0],
      ['completed', 'ended', NOW],
      ['active', 'ended', 0],
      ['paused', 'open', null],
    ] as const
    for (const [at, [status, runStatus, endedAt]] of states.entries()) {
      const campaign = sampleCampaign({ id: `k-${at}` })
      await storage.campaigns.insert(scope, campaign, sampleJournalEntry({ id: `j-${at}` }))
      await table('campaigns').where({ id: campaign.id }).update({ status })
      const run = sampleRun({ id: `r-${at}`, campaignId: campaign.id })
      await storage.campaigns.update(
        scope,
        { ...campaign, version: campaign.version + 1 },
        campaign.version,
        sampleJournalEntry({ id: `u-${at}` }),
        run,
      )
      await table('campaigns').where({ id: campaign.id }).update({ status })
      await table('runs').where({ id: run.id }).update({ status: runStatus, ended_at: endedAt })
      const delivery = sampleDelivery({ id: `d-${at}`, runId: run.id, campaignId: campaign.id })
      await storage.deliveries.append(scope, [delivery])
    }
    const kept = await storage.maintain({ now: NOW })
    expect(kept.deleted).toMatchObject({ deliveries: 0 })
    const { deleted } = await storage.maintain({ now: NOW, runsKeptForDays: 30 })
    expect(deleted.deliveries).toBe(1)
    await expect(table('deliveries').pluck('id').orderBy('id')).resolves.toEqual(['d-1', 'd-2', 'd-3'])
  })

  it('leaves alone what a run has that is just being opened again', async () => {
    const campaign = sampleCampaign({ id: 'k-1' })
    await storage.campaigns.insert(scope, campaign, sampleJournalEntry({ id: 'j-1' }))
    const run = sampleRun({ id: 'r-1', campaignId: campaign.id })
    const next = { ...campaign, version: campaign.version + 1 }
    await storage.campaigns.update(scope, next, campaign.version, sampleJournalEntry({ id: 'u-1' }), run)
    await table('campaigns').update({ status: 'completed' })
    await table('runs').update({ status: 'ended', ended_at: 0 })
    await storage.deliveries.append(scope, [
      sampleDelivery({ id: 'd-1', runId: run.id, campaignId: campaign.id, status: 'held' }),
    ])
    const decision = await knex.transaction()
    const inSchema = (name: string) => decision.withSchema(`${test.schema}_${cases}`).from(name)
    await inSchema('deliveries').update({ status: 'queued' })
    await inSchema('runs').update({ status: 'open', ended_at: null })
    const swept = storage.maintain({ now: NOW, runsKeptForDays: 30 })
    let isSwept = false
    void swept.then(() => {
      isSwept = true
    })
    await vi.waitFor(async () => expect(isSwept || (await waiting()) > 0).toBe(true), 20_000)
    await decision.commit()
    expect((await swept).deleted).toMatchObject({ deliveries: 0 })
    expect(await table('deliveries').pluck('id')).toEqual(['d-1'])
  })

  it('is freed in the ledger, of all tenants at once', async () => {
    for (const tenant of ['pizzeria', 'trattoria']) {
      const limit = { account: 'budget', limit: 100, windowMs: null }
      const hold = { id: 'h', parts: [{ account: 'budget', amount: 5 }], expiresAt: NOW }
      await storage.ledger.hold(sampleScope(tenant), [limit], [hold], NOW - 10)
      const settled = { id: 's', parts: [{ account: 'budget', amount: 3 }] }
      await storage.ledger.settle(sampleScope(tenant), [settled], NOW - 91 * DAY_MS)
    }
    const { deleted } = await storage.maintain({ now: NOW })
    expect(deleted).toMatchObject({ ledgerHolds: 2, ledgerSettled: 2 })
    const [account] = await storage.ledger.accounts(scope, ['budget'], NOW)
    expect(account).toMatchObject({ held: 0, settled: 3 })
  })

  it('is the claim of an address in a count that died', async () => {
    const claim = { channel: 'email', addressKey: 'a', customerId: 'c' }
    for (const plan of ['dead', 'alive']) await storage.audience.claimAddresses(scope, plan, [claim as never])
    await table('address_claims')
      .where({ plan: 'dead' })
      .update({ claimed_at: knex.raw("now() - interval '2 days'") })
    const { deleted } = await storage.maintain({ now: NOW })
    expect(deleted.addressClaims).toBe(1)
    await expect(table('address_claims').pluck('plan')).resolves.toEqual(['alive'])
  })

  it('is the mark of a transaction of the host whose end nobody came to ask', async () => {
    await table('enlistments').insert([
      { at: knex.raw("now() - interval '2 days'") },
      { at: knex.raw('now()') },
    ])
    expect((await storage.maintain({ now: NOW })).deleted.enlistments).toBe(1)
  })
})

describe('upkeep', () => {
  it('gives way to upkeep in another process, and events are written meanwhile', async () => {
    const events = Array.from({ length: 400 }, (_, at) => eventAt(NOW - 200 * DAY_MS + at))
    await storage.events.append(scope, events)
    const calls = await Promise.all([
      ...Array.from({ length: 5 }, () => storage.maintain({ now: NOW, eventsKeptForDays: 100 })),
      ...Array.from({ length: 20 }, (_, at) =>
        storage.events.append(scope, [eventAt(NOW + at)]).then(() => null),
      ),
    ])
    const outcomes = calls.filter((outcome) => outcome !== null)
    expect(outcomes.reduce((sum, { deleted }) => sum + deleted.events, 0)).toBeLessThanOrEqual(400)
    const last = await storage.maintain({ now: NOW, eventsKeptForDays: 100 })
    expect(last.outcome).toBe('done')
    expect(await countOf('events')).toBe(20)
  })

  it('is told of a time that no partition can be named by, and nothing is changed', async () => {
    const partitions = async () => {
      const { rows } = await knex.raw(
        `select relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace where nspname = :schema order by 1`,
        { schema: `${test.schema}_${cases}` },
      )
      return rows
    }
    const before = await partitions()
    // in microseconds, behind the last that is taken, and what is no whole number of milliseconds from 1970 on
    const times = [NOW * 1_000, Date.UTC(9998, 0, 1), 8.64e15, -1, NOW + 0.5, Number.NaN, Infinity]
    for (const now of times)
      await expect(storage.maintain({ now })).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'now' })
    expect(await partitions()).toEqual(before)
  })

  it('makes partitions up to the last that can be named', async () => {
    const { made } = await storage.maintain({ now: Date.UTC(9998, 0, 1) - 1, monthsAhead: 24 })
    expect(made).toHaveLength(25)
    expect(made.at(-1)).toBe('events_9999m12')
  })

  it('is told that an option is out of range, by its name', async () => {
    const refused = [
      { now: Number.NaN },
      { now: NOW, monthsAhead: 0 },
      { now: NOW, keysKeptForDays: 30 },
      { now: NOW, eventsKeptForDays: 0.5 },
      { now: NOW, runsKeptForDays: -1 },
      { now: NOW, mostRows: 0 },
    ]
    for (const options of refused) {
      const path = Object.keys(options).at(-1)
      await expect(storage.maintain(options)).rejects.toMatchObject({ code: 'INVALID_INPUT', path })
    }
  })

  it('goes on by itself, rests when all is done, and survives a failure', async () => {
    const clock = createManualClock({ auto: true })
    const stop = new AbortController()
    const calledAt: number[] = []
    const outcomes = ['more', 'busy', 'fails', 'done'] as const
    const errors: unknown[] = []
    await runMaintenance(
      {
        maintain: async ({ now, keysKeptForDays }) => {
          calledAt.push(now)
          const outcome = outcomes[calledAt.length - 1] ?? 'done'
          if (outcome === 'fails') throw new RangeError('away')
          expect(keysKeptForDays).toBe(60)
          if (outcome === 'done') stop.abort()
          return { outcome, made: [], dropped: [], deleted: {} as never }
        },
      },
      {
        clock,
        everyMs: 5_000,
        keysKeptForDays: 60,
        signal: stop.signal,
        onError: (error) => errors.push(error),
      },
    )
    const [begun = 0] = calledAt
    expect(calledAt.map((at) => at - begun)).toEqual([0, 0, 5_000, 10_000])
    expect(errors).toHaveLength(1)
  })
})

const word = (...words: readonly string[]) => fc.constantFrom(...words)

const factArb: fc.Arbitrary<CampaignEvent> = fc
  .record({
    at: fc.nat({ max: 60 }),
    type: word('clicked', 'conversion'),
    customerId: fc.constantFrom('c-1', 'c-2', 'c-3', null),
    machine: fc.boolean(),
    amountMinor: fc.oneof(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 0, max: 2 ** 50 })),
    costMicros: fc.nat({ max: 1_000 }),
    currency: fc.constantFrom('EUR', 'USD', null),
    attributions: fc.array(
      fc.record({
        campaignId: word(CAMPAIGN, 'other'),
        runId: word('run-1', 'run-2'),
        arm: word('plain', 'holdout'),
        channel: fc.constantFrom('email', 'sms', null),
        segments: fc.uniqueArray(word('VIP', 'a "quoted" one', 'äöü \\ 🍕'), { maxLength: 2 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ at, ...fact }) => sampleEvent({ ...fact, key: `k-${at}` } as never))

describe('counters that are rebuilt from facts', () => {
  let shops = 0
  it('equal those that were kept, whatever happened and whatever became of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(factArb, { maxLength: 80 }),
        fc.integer({ min: 0, max: 2 }),
        async (facts, erasures) => {
          shops += 1
          const by = sampleScope(`shop-${shops}`)
          const half = facts.length >> 1
          await storage.events.append(by, facts.slice(0, half))
          for (let at = 1; at <= erasures; at += 1) await storage.events.forget(by, [`c-${at}` as CustomerId])
          await storage.events.append(by, facts.slice(half))
          for (const campaignId of [CAMPAIGN, 'other' as CampaignId]) {
            const kept = await storage.events.counters(by, campaignId)
            const marks = await marksOf(by.tenant)
            await table('counters')
              .where({ tenant: by.tenant, campaign_id: campaignId })
              .update({ total: 99, members: 7 })
            await storage.events.rebuild(by, campaignId)
            expect(sorted(await storage.events.counters(by, campaignId))).toEqual(sorted(kept))
            expect(await marksOf(by.tenant)).toEqual(marks)
          }
        },
      ),
      { seed: 23, numRuns: 25 },
    )
  })
})

function marksOf(tenant: string) {
  return table('counted_members')
    .where({ tenant })
    .select('cell', 'customer_id', 'human', 'amount')
    .orderBy(['cell', 'customer_id'])
}

function sorted(rows: readonly object[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort()
}
