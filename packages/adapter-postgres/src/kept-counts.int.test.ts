import { DELIVERY_STATUSES, type DeliveryStatus, type Scope } from '@campaignkit/core/adapter'
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

describe('the kept counts of deliveries', () => {
  it('are those of the rows while several connections append, claim, release, settle and end', async () => {
    const { storage } = test
    const scope = sampleScope('counted')
    await storage.campaigns.insert(scope, sampleCampaign(), sampleJournalEntry())
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
          holds
            .slice(5)
            .map((hold) => ({ ...hold, ...settled, attempt: null, currency: null, next: null, events: [] })),
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

  it('stay in the table row by row when members get their arms: every update of a member is HOT', async () => {
    const { storage, knex, schema } = test
    const scope = sampleScope('hot')
    await storage.campaigns.insert(scope, sampleCampaign(), sampleJournalEntry())
    const members = Array.from({ length: 2_000 }, (_, at) => sampleMember({ customerId: `c-${at}` }))
    for (let from = 0; from < members.length; from += 500)
      await storage.audience.append(scope, RUN, members.slice(from, from + 500))
    const first = { campaignId: CAMPAIGN, arms: ['all'], channels: 'all', idPrefix: 'first' } as const
    const assignments = members.map(({ customerId }, rank) => ({ customerId, rank, arm: 'all' }))
    await storage.audience.assign(scope, RUN, assignments, first)
    await expect(storage.deliveries.counts(scope, CAMPAIGN)).resolves.toMatchObject({ queued: 2_000 })
    const indexed = await knex.raw(
      `select count(*) filter (where n_tup_upd <> n_tup_hot_upd) as cold, sum(n_tup_upd) as updated
       from pg_stat_user_tables where schemaname = ? and relname = 'members'`,
      [schema],
    )
    expect(indexed.rows[0]).toMatchObject({ cold: '0' })
  })
})
