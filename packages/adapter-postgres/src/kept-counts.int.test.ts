import { DELIVERY_STATUSES, type DeliveryStatus, type Run, type Scope } from '@campaignkit/core/adapter'
import {
  asId,
  sampleCampaign,
  sampleDelivery,
  sampleJournalEntry,
  sampleMember,
  sampleRun,
  sampleScope,
} from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from './database.js'
import { placeNext } from './insert-deliveries.js'
import { hostOf } from './pool.js'
import { tablesIn } from './tables.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop(), START_MS)

const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const WORKER = asId<never>('worker')

/** What the rows themselves say. */
async function countedRows({ tenant }: Scope): Promise<Readonly<Record<string, number>>> {
  const rows = await test.knex
    .withSchema(test.schema)
    .from('deliveries')
    .where({ tenant })
    .groupBy('status')
    .select<{ status: DeliveryStatus; count: string }[]>('status', test.knex.raw('count(*) as count'))
  const none = DELIVERY_STATUSES.map((status) => [status, 0])
  return Object.fromEntries([...none, ...rows.map(({ status, count }) => [status, Number(count)])])
}

/** Puts the campaign with its run there. */
async function seedRun(scope: Scope): Promise<void> {
  const { campaigns } = test.storage
  await campaigns.insert(scope, sampleCampaign(), sampleJournalEntry())
  const entry = sampleJournalEntry({ id: 'run' })
  await campaigns.update(scope, sampleCampaign({ version: 2 }), 1, entry, sampleRun())
}

describe('the kept counts of deliveries', () => {
  it('are those of the rows while several connections append, claim, release, settle and end', async () => {
    const { storage } = test
    const scope = sampleScope('counted')
    await seedRun(scope)
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        const customers = Array.from({ length: 40 }, (__, at) => `c-${worker}-${at}`)
        const deliveries = customers.map((id) => sampleDelivery({ id: `d-${id}`, customerId: id }))
        await storage.deliveries.append(scope, deliveries)
        await storage.deliveries.append(scope, deliveries)
        const now = deliveries[0]?.dueAt ?? 0
        const request = { worker: WORKER, channel: 'email', now, leaseMs: 1_000, limit: 15 } as const
        const claimed = await storage.deliveries.claim(scope, RUN, request)
        const holds = claimed.map(({ id, lease }) => ({ deliveryId: id, fence: lease?.fence ?? 0 }))
        await storage.deliveries.release(scope, holds.slice(0, 5), now)
        const settled = { status: 'failed', reason: 'x', dueAt: 0, tries: 1, costMicros: 0 } as const
        await storage.deliveries.settle(
          scope,
          holds.slice(5).map((hold) => ({
            ...hold,
            ...settled,
            attempt: null,
            currency: null,
            next: null,
            nextIfReturned: null,
            events: [],
          })),
          now,
        )
        const end = { status: 'cancelled', reason: 'x', now, limit: 7 } as const
        await storage.deliveries.endQueued(scope, CAMPAIGN, end)
      }),
    )
    const counts = await storage.deliveries.counts(scope, CAMPAIGN)
    expect(counts).toEqual(await countedRows(scope))
    expect(counts).toMatchObject({ failed: 80, cancelled: 56 })
    await expect(storage.deliveries.counts(scope, CAMPAIGN, RUN)).resolves.toEqual(counts)
  })

  it('count what follows a message once, also where it is brought forward instead of added', async () => {
    const scope = sampleScope('brought forward')
    await seedRun(scope)
    const tables = tablesIn(test.schema)
    const next = (dueAt: number) => [sampleDelivery({ id: 'd-next', customerId: 'c-next', dueAt })]
    await new Database(hostOf(test.knex)).transaction((session) =>
      placeNext(session, tables, scope, next(2_000)),
    )
    const moved = await new Database(hostOf(test.knex)).transaction((session) =>
      placeNext(session, tables, scope, next(1_000)),
    )
    expect(moved).toHaveLength(1)
    const counts = await test.storage.deliveries.counts(scope, CAMPAIGN)
    expect(counts).toEqual(await countedRows(scope))
    expect(counts.queued).toBe(1)
  })

  it('are those of the rows when members are placed by several connections, one of which places again', async () => {
    const { storage } = test
    const scope = sampleScope('placed')
    await seedRun(scope)
    const planned = Array.from({ length: 2_000 }, (_, at) => {
      const { rank: _rank, ...member } = sampleMember({
        customerId: `c-${at}`,
        arm: at % 10 === 0 ? 'holdout' : 'all',
      })
      return { ...member, lane: null, addressKeys: [null] }
    })
    const run: Run = sampleRun({ version: 2, freeze: { phase: 'settling' } })
    await storage.freezing.append(scope, run, planned)
    const [{ slice } = { slice: '' }] = await storage.freezing.sizes(scope, RUN)
    const first = { campaignId: CAMPAIGN, arms: ['all'], channels: 'all' } as const
    const placement = { slice, firstRank: 0, arms: new Map(), remainderArm: 'remainder', first }
    await Promise.all([1, 2, 3].map(() => storage.freezing.place(scope, run, placement)))
    await expect(storage.deliveries.counts(scope, CAMPAIGN)).resolves.toMatchObject({ queued: 1_800 })
    expect(await countedRows(scope)).toMatchObject({ queued: 1_800 })
  })
})
