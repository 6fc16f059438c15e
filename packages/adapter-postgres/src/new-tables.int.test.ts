import { setTimeout } from 'node:timers/promises'
import { createCampaignKit, everyone } from '@campaignkit/core'
import { createDirectInFlight, createManualClock, createRecordingChannel } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

/** So many that to go through all of them is never the cheapest. */
const CUSTOMERS = 6_000
/** Many batches of those that are ended. */
const CANCELLED = 12_000
/** More than a delivery ever needs: opened, settled, and looked at by a receipt. */
const READS_A_DELIVERY = 10

/** A connection tells after ten seconds at the latest. */
const TOLD_MS = 11_000

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop(), START_MS)

/** Rows that were read of a table one after the other, as `all`, and of each of its indexes; without those that were not. */
async function readOf(table: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await test.knex.raw<{
    rows: readonly { readonly place: string; readonly read: string }[]
  }>(
    `select indexrelname as place, idx_tup_read as read from pg_stat_user_indexes
     where schemaname = :schema and relname = :table and idx_tup_read > 0
     union all select 'all', seq_tup_read from pg_stat_user_tables
     where schemaname = :schema and relname = :table and seq_tup_read > 0`,
    { schema: test.schema, table },
  )
  return Object.fromEntries(rows.map(({ place, read }) => [place, Number(read)]))
}

const granted = (customerId: string) => ({
  customerId,
  channel: 'email' as const,
  topic: '*',
  decision: 'granted' as const,
  basis: 'form',
  obtainedAt: '2026-01-01T00:00:00Z',
})

/** A campaign to so many of a tenant of its own, in tables that no ANALYZE has seen. */
async function prepare(tenant: string, customers: number) {
  for (const table of ['attempts', 'consents', 'customers', 'deliveries', 'members', 'tokens'])
    await test.knex.raw(`alter table "${test.schema}".${table} set (autovacuum_enabled = off)`)
  const root = createCampaignKit({
    storage: test.storage,
    channels: { email: createRecordingChannel({ window: 10, receipts: ['delivered'] }) },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
    clock: createManualClock({ auto: true }),
    inFlight: createDirectInFlight(),
    acceptVolatileStorage: true,
  })
  const kit = root.as({ tenant, actor: { id: 'u-17', kind: 'user' } })
  const ids = Array.from({ length: customers }, (_, at) => `c-${at}`)
  for (let from = 0; from < customers; from += 1_000) {
    const page = ids.slice(from, from + 1_000)
    await kit.customers.upsert(page.map((id) => ({ id, addresses: { email: `${id}@example.com` } })))
    await kit.consents.record(page.map(granted))
  }
  const { id } = await kit.campaigns.create({
    name: 'We miss you',
    audience: everyone(),
    messages: { email: { subject: 'We miss you', text: 'Come back. {{ coupon.code }}' } },
    coupon: { reward: { kind: 'percent', value: 30 }, validFor: { days: 30 } },
    pace: { email: { limit: 1_000_000, periodMs: 1_000 } },
  })
  return { root, kit, id }
}

describe('a first campaign, while the database knows nothing of its tables yet', () => {
  const isFew = (read: number) => read > 0 && read < CUSTOMERS * READS_A_DELIVERY

  it('finds customers, deliveries, attempts and coupons one by one, and does not go through all of them for each window', async () => {
    const { root, kit, id } = await prepare('new', CUSTOMERS)
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(CUSTOMERS)
    // the server tells what a connection has read when the connection has been idle for a while
    await setTimeout(TOLD_MS)
    for (const table of ['attempts', 'consents', 'customers', 'deliveries', 'tokens']) {
      const read = Object.values(await readOf(table))
      expect([table, Math.max(...read)]).toEqual([table, expect.toSatisfy(isFew)])
    }
  })

  it('is cancelled without a look at all its deliveries for each batch', async () => {
    const { root, kit, id } = await prepare('cancelled', CANCELLED)
    await kit.campaigns.launch(id)
    const frozen = new AbortController()
    root.on('run.frozen', () => frozen.abort())
    await root.worker().run({ signal: frozen.signal })
    const before = await readOf('deliveries')
    await kit.campaigns.cancel(id, 'a mistake')
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ queued: 0, cancelled: CANCELLED })
    const since = async (index: string) => ((await readOf('deliveries'))[index] ?? 0) - (before[index] ?? 0)
    await expect
      .poll(() => since('deliveries_waiting'), { timeout: 20_000 })
      .toBeGreaterThanOrEqual(CANCELLED)
    expect(await since('deliveries_id')).toBeLessThan(CANCELLED * READS_A_DELIVERY)
  })
})
