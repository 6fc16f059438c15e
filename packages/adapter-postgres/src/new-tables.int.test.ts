import { createCampaignKit, everyone } from '@campaignkit/core'
import { createDirectInFlight, createManualClock, createRecordingChannel } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

const CUSTOMERS = 800
/** More than a delivery ever needs: opened, settled, and looked at by a receipt. */
const READS_A_DELIVERY = 10

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop(), START_MS)

/** Entries that were read of each index of the attempts; those that no statement has used are left out. */
async function readOfAttempts(): Promise<Readonly<Record<string, number>>> {
  const { rows } = await test.knex.raw<{
    rows: readonly { readonly index: string; readonly read: string }[]
  }>(
    `select indexrelname as index, idx_tup_read as read from pg_stat_user_indexes
     where schemaname = ? and relname = 'attempts' and idx_tup_read > 0`,
    [test.schema],
  )
  return Object.fromEntries(rows.map(({ index, read }) => [index, Number(read)]))
}

describe('a first campaign, while the database knows nothing of its tables yet', () => {
  it('finds attempts one by one, and does not go through all of them for each window', async () => {
    for (const table of ['attempts', 'deliveries', 'members'])
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
    const kit = root.as({ tenant: 'new', actor: { id: 'u-17', kind: 'user' } })
    await kit.customers.upsert(
      Array.from({ length: CUSTOMERS }, (_, at) => ({
        id: `c-${at}`,
        addresses: { email: `c-${at}@example.com` },
      })),
    )
    const { id } = await kit.campaigns.create({
      name: 'We miss you',
      purpose: 'transactional',
      audience: everyone(),
      messages: { email: { subject: 'We miss you', text: 'Come back.' } },
      pace: { email: { limit: 1_000_000, periodMs: 1_000 } },
    })
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(CUSTOMERS)
    // the server tells what a connection has read when the connection has been idle for a while
    await expect.poll(readOfAttempts, { timeout: 20_000 }).toHaveProperty('attempts_pkey')
    const read = Object.values(await readOfAttempts())
    expect(Math.max(...read)).toBeLessThan(CUSTOMERS * READS_A_DELIVERY)
  })
})
