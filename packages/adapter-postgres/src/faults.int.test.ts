import type {
  CampaignEvent,
  Counter,
  CustomerId,
  CustomerPatch,
  Pace,
  RunId,
} from '@campaignkit/core/adapter'
import { DEFAULT_PRIORITY, foldEvents, gcraKeyOf, reserveGcra } from '@campaignkit/core/adapter'
import { sampleEvent, sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import fc from 'fast-check'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { onStatement } from './on-statement.fixture.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'
import { wallClock } from './wall-clock.fixture.js'

let test: TestStorage
let knex: Knex
let storage: PostgresStorage
let cases = 0

beforeAll(async () => {
  test = await openTestStorage()
  ;({ knex, storage } = test)
}, START_MS)

afterAll(() => test.stop())

function newScope() {
  cases += 1
  return sampleScope(`pizzeria-${cases}`)
}

function patch(id: string, more: Partial<CustomerPatch> = {}): CustomerPatch {
  return { id: id as CustomerId, ...more }
}

describe('a connection that is lost', () => {
  it('in the middle of a write has the whole of it done again on another', async () => {
    const scope = newScope()
    let isCut = false
    const cutting = createPostgresStorage({
      knex: onStatement(knex, async (text, run) => {
        if (isCut || !text.includes('.journal')) return run(text)
        isCut = true
        return run('select pg_terminate_backend(pg_backend_pid())')
      }),
      schema: test.schema,
    })
    await cutting.customers.upsert(scope, [patch('c-1')], sampleJournalEntry())
    expect(isCut).toBe(true)
    const { items } = await storage.journal.list(scope, {}, { cursor: null, limit: 10 })
    expect(items).toHaveLength(1)
    await expect(storage.customers.get(scope, ['c-1' as CustomerId])).resolves.toHaveLength(1)
  })

  it('for good is told as a failure that can pass, without the values of the statement', async () => {
    const scope = newScope()
    const gone = test.server.connect()
    await gone.destroy()
    const lost = createPostgresStorage({ knex: gone, schema: test.schema })
    const failure = await lost.customers
      .upsert(scope, [patch('secret-id')], sampleJournalEntry())
      .catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ code: 'STORAGE_FAILED' })
    expect(JSON.stringify(failure)).not.toContain('secret-id')
  })
})

describe('writers at once', () => {
  it('of the same customers in opposite order lose nothing to each other', async () => {
    const scope = newScope()
    const ids = Array.from({ length: 40 }, (_, at) => `c-${at}`)
    await Promise.all(
      Array.from({ length: 12 }, (_, at) => {
        const order = at % 2 === 0 ? ids : [...ids].reverse()
        const patches = order.map((id) => patch(id, { attributes: { [`a${at}`]: at } }))
        return storage.customers.upsert(scope, patches, sampleJournalEntry({ id: `entry-${at}` }))
      }),
    )
    const customers = await storage.customers.get(scope, ids as CustomerId[])
    expect(customers).toHaveLength(40)
    for (const { attributes } of customers) expect(Object.keys(attributes)).toHaveLength(12)
  })

  it('of events count as one after the other would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(eventArb, { minLength: 20, maxLength: 120 }), async (drafts) => {
        const scope = newScope()
        const events = drafts.map((draft, at) => sampleEvent({ ...draft, key: `e-${at % 90}` }))
        const batches = Array.from({ length: 6 }, (_, turn) => events.filter((_, at) => at % 6 === turn))
        await Promise.all(batches.map((batch) => storage.events.append(scope, batch)))
        const kept = await storage.events.list(scope, CAMPAIGN, {}, { cursor: null, limit: 1_000 })
        const counters = await storage.events.counters(scope, CAMPAIGN)
        expect(sorted(counters)).toEqual(sorted(foldEvents(kept.items)))
      }),
      { seed: 11, numRuns: 12 },
    )
  })
})

describe('the rate limiter in the database', () => {
  const pace: fc.Arbitrary<Pace> = fc.record({
    limit: fc.integer({ min: 1, max: 5_000 }),
    periodMs: fc.constantFrom(1_000, 60_000, 3_600_000),
  })

  it('gives the permits of the kit to the last bit', async () => {
    const limiter = storage.rateLimiter(wallClock)
    const request = fc.record({
      picked: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 4 }),
      count: fc.integer({ min: 1, max: 1_000 }),
      waitMs: fc.nat({ max: 5_000 }),
      horizonMs: fc.constantFrom(0, 10_000, 1e9),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(pace, { minLength: 4, maxLength: 4 }),
        fc.array(request, { minLength: 1, maxLength: 12 }),
        async (paces, requests) => {
          const scope = newScope()
          const state = new Map<string, number>()
          let now = 1_772_355_600_000
          for (const { picked, count, waitMs, horizonMs } of requests) {
            now += waitMs
            const limits = picked.map((at) => ({
              key: `l${at}`,
              pace: paces[at] as Pace,
              sharedByTenants: false,
            }))
            const keyed = limits.map((limit) => ({ key: gcraKeyOf(scope.tenant, limit), pace: limit.pace }))
            const asked = { count, notBefore: now, horizonMs }
            const { permit, state: moved } = reserveGcra(state, { ...asked, limits: keyed })
            for (const [key, free] of moved) state.set(key, free)
            await expect(limiter.reserve(scope, { ...asked, limits })).resolves.toEqual(permit)
          }
        },
      ),
      { seed: 5, numRuns: 60 },
    )
  })
})

describe('a run whose listener has died', () => {
  it('rings for another one, with nobody to ring again', async () => {
    const scope = newScope()
    const queue = storage.jobQueue(wallClock)
    await queue.ring(scope, 'run-1' as RunId, 0, DEFAULT_PRIORITY)
    const dead = { at: Number.POSITIVE_INFINITY, busy_until: wallClock.now() + 300 }
    await knex.withSchema(test.schema).from('rings').where({ tenant: scope.tenant }).update(dead)
    const stop = new AbortController()
    const calledAt: number[] = []
    const handler = async () => {
      calledAt.push(wallClock.now())
      stop.abort()
    }
    await queue.listen(handler, { signal: stop.signal, concurrency: 1 })
    expect(calledAt).toHaveLength(1)
    expect(calledAt[0]).toBeGreaterThanOrEqual(dead.busy_until)
    await expect(knex.withSchema(test.schema).from('rings').where({ tenant: scope.tenant })).resolves.toEqual(
      [],
    )
  })
})

describe('a listener', () => {
  it('is told when there is no table of rings', async () => {
    const homeless = createPostgresStorage({ knex, schema: test.server.schemaName() })
    const listening = homeless
      .jobQueue(wallClock)
      .listen(async () => {}, { signal: new AbortController().signal, concurrency: 1 })
    await expect(listening).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { state: '42P01' } })
  })
})

describe('a write', () => {
  it('takes as many statements for a thousand customers as for one', async () => {
    const scope = newScope()
    const countOf = async (size: number) => {
      let statements = 0
      const counting = createPostgresStorage({
        knex: onStatement(knex, (text, run) => {
          statements += 1
          return run(text)
        }),
        schema: test.schema,
      })
      const ids = Array.from({ length: size }, (_, at) => `${size}-${at}`)
      const entry = sampleJournalEntry({ id: `entry of ${size}` })
      await counting.customers.upsert(
        scope,
        ids.map((id) => patch(id)),
        entry,
      )
      await counting.events.append(
        scope,
        ids.map((id) => sampleEvent({ key: `e ${id}`, customerId: id as CustomerId })),
      )
      return statements
    }
    await countOf(2)
    const ofOne = await countOf(1)
    expect(ofOne).toBeGreaterThan(3)
    expect(await countOf(1_000)).toBe(ofOne)
  })
})

const CAMPAIGN = sampleEvent().attributions[0]?.campaignId as never

const eventArb: fc.Arbitrary<Partial<CampaignEvent>> = fc.record({
  type: fc.constantFrom('clicked', 'conversion'),
  customerId: fc.constantFrom('c-1', 'c-2', 'c-3', null) as fc.Arbitrary<CustomerId | null>,
  machine: fc.boolean(),
  amountMinor: fc.integer({ min: -500, max: 9_007_199_254 }),
  costMicros: fc.nat({ max: 1_000 }),
})

function sorted(counters: readonly Counter[]): readonly string[] {
  return counters.map((counter) => JSON.stringify(Object.entries(counter).sort())).sort()
}
