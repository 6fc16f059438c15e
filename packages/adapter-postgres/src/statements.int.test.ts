import { createCampaignKit, everyone, type TenantKit } from '@campaignkit/core'
import { createDirectInFlight, createManualClock, createRecordingChannel } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage
let knex: Knex
let tenants = 0

beforeAll(async () => {
  test = await openTestStorage()
  knex = test.knex
}, START_MS)

afterAll(() => test.stop())

/** Statements that may be taken, at most: by a chunk of 100 deliveries, by half a window, by a page and a batch of 1,000. */
const OF_CHUNK = 24
const OF_WINDOW = 9
const OF_PAGE = 40
const OF_BATCH = 4

/** A tenant of its own, with customers. */
async function openShop(customers: number, window = 200) {
  tenants += 1
  const clock = createManualClock({ auto: true })
  const email = createRecordingChannel({ window, receipts: ['delivered', 'opened'] })
  const root = createCampaignKit({
    storage: test.storage,
    channels: { email },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
    clock,
    inFlight: createDirectInFlight(),
    acceptVolatileStorage: true,
  })
  const kit = root.as({ tenant: `shop-${tenants}`, actor: { id: 'u-17', kind: 'user' } })
  for (let from = 0; from < customers; from += 1_000)
    await kit.customers.upsert(
      Array.from({ length: Math.min(1_000, customers - from) }, (_, at) => customerOf(from + at)),
    )
  return { root, kit, clock }
}

const customerOf = (at: number) => ({ id: `c-${at}`, addresses: { email: `c-${at}@example.com` } })

/** Statements that the work takes, those that begin and end transactions left out. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const seen: string[] = []
  const note = ({ sql }: { readonly sql: string }) => void seen.push(sql)
  knex.on('query', note)
  await work()
  knex.off('query', note)
  return seen.filter((text) => !/^(begin|commit|rollback|savepoint|release)|pg_notify/i.test(text)).length
}

async function runCampaign(customers: number, window: number, holdout?: number): Promise<number> {
  const { root, kit } = await openShop(customers, window)
  const campaign = await kit.campaigns.create({
    name: 'We miss you',
    purpose: 'transactional',
    audience: everyone(),
    messages: { email: { subject: 'We miss you', text: 'Come back.' } },
    pace: { email: { limit: 1_000_000, periodMs: 1_000 } },
    ...(holdout === undefined ? {} : { experiment: { variants: [{ name: 'a' }], holdout } }),
  })
  const statements = await statementsOf(async () => {
    await kit.campaigns.launch(campaign.id)
    await root.worker().drain()
  })
  const { settled } = await kit.campaigns.progress(campaign.id)
  expect(settled).toBeGreaterThan(0)
  return statements
}

describe('no statement goes by customer', () => {
  it('of a chunk of a hundred deliveries, but by chunk and by window', async () => {
    // a chunk takes its statements, and each half of a window takes those that open and settle it
    for (const [window, windows] of [
      [200, 1],
      [50, 4],
      [10, 20],
    ] as const) {
      const [few, many] = [await runCampaign(100, window), await runCampaign(500, window)]
      expect((many - few) / 4).toBeLessThanOrEqual(OF_CHUNK + windows * OF_WINDOW)
    }
  })

  it('of a page of a thousand that is frozen', async () => {
    const [few, many] = [await runCampaign(1_000, 200, 0.9), await runCampaign(3_000, 200, 0.9)]
    // of a thousand, a hundred are written to
    expect((many - few) / 2).toBeLessThanOrEqual(OF_PAGE + OF_CHUNK + OF_WINDOW)
  })

  const calls: Readonly<Record<string, (kit: TenantKit, size: number) => Promise<unknown>>> = {
    'a batch of events': (kit, size) =>
      kit.events.track(
        Array.from({ length: size }, (_, at) => ({
          key: `${size}-${at}`,
          type: 'visit',
          customerId: `c-${at}`,
        })),
      ),
    'events that come one by one, at once': (kit, size) =>
      Promise.all(
        Array.from({ length: size }, (_, at) =>
          kit.events.track({ key: `one ${size}-${at}`, type: 'visit', customerId: `c-${at}` }),
        ),
      ),
    'a batch of customers': (kit, size) =>
      kit.customers.upsert(Array.from({ length: size }, (_, at) => customerOf(at))),
    'an erasure': (kit, size) =>
      kit.customers.erase(
        Array.from({ length: size }, (_, at) => `c-${at}`),
        'asked for it',
      ),
  }

  it.each(Object.entries(calls))('of %s', async (_what, call) => {
    const counts: number[] = []
    for (const size of [2, 20, 1_000]) {
      const { kit } = await openShop(0)
      counts.push(await statementsOf(() => call(kit, size)))
    }
    expect(counts[1]).toBe(counts[0])
    expect(counts[2]).toBe(counts[0])
  })

  it('of an import', async () => {
    const importOf = async (size: number) => {
      const { kit } = await openShop(0)
      const rows = Array.from({ length: size }, (_, at) => `c-${at},c-${at}@example.com`)
      return statementsOf(() =>
        kit.customers.importCsv(`id,email\n${rows.join('\n')}\n`, {
          map: { id: { path: 'id', as: 'text' }, email: { path: 'email', as: 'text' } },
        }),
      )
    }
    const [some, many] = [await importOf(1_000), await importOf(4_000)]
    expect((many - some) / 3).toBeLessThanOrEqual(OF_BATCH)
  })

  it('of receipts', async () => {
    const counts: number[] = []
    for (const size of [10, 400]) {
      const { root, kit, clock } = await openShop(size)
      const campaign = await kit.campaigns.create({
        name: 'We miss you',
        purpose: 'transactional',
        audience: everyone(),
        messages: { email: { subject: 'We miss you', text: 'Come back.' } },
      })
      await kit.campaigns.launch(campaign.id)
      await root.worker().drain()
      const { items } = await kit.campaigns.deliveries(campaign.id, {}, { limit: size })
      counts.push(
        await statementsOf(() =>
          kit.events.ingest(
            items.map(({ id }) => ({ key: `r ${id}`, type: 'opened', at: clock.now(), deliveryId: id })),
          ),
        ),
      )
    }
    expect(counts[1]).toBe(counts[0])
  })
})
