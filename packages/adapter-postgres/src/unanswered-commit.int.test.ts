import { type CampaignStatus, createCampaignKit } from '@campaignkit/core'
import { createRecordingChannel, sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { onStatement } from './on-statement.fixture.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'
import { newsTo } from './worker-kit.fixture.js'

let test: TestStorage
let tenants = 0

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

/** How the next commit goes that is asked for: its answer is lost, or the commit itself. */
type Fate = 'done' | 'undone'

/** A pizzeria whose connection breaks at the next commit when it is told to. */
function open() {
  tenants += 1
  const tenant = `pizzeria-${tenants}`
  let fate: Fate | null = null
  const knex = onStatement(test.knex, async (text, run) => {
    if (text !== 'COMMIT;' || fate === null) return run(text)
    const how = fate
    fate = null
    await run(how === 'done' ? text : 'ROLLBACK;')
    throw new Error('Connection terminated unexpectedly')
  })
  const storage = createPostgresStorage({ knex, schema: test.schema })
  const root = createCampaignKit({
    storage,
    channels: { email: createRecordingChannel() },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
  })
  const told: CampaignStatus[] = []
  root.on('campaign.status', ({ to }) => told.push(to))
  return {
    kit: root.as({ tenant, actor: { id: 'u-17', kind: 'user' } }),
    scope: sampleScope(tenant),
    storage,
    told,
    breakNext: (next: Fate) => {
      fate = next
    },
    isBroken: () => fate === null,
  }
}

describe.each<[Fate, string]>([
  ['done', 'happened'],
  ['undone', 'did not happen'],
])('a commit of which no answer comes, and which %s', (fate) => {
  it('is known for what it was: each decision on a campaign is taken once, and told so', async () => {
    const { kit, told, breakNext, isBroken } = open()
    breakNext(fate)
    const { id, version } = await kit.campaigns.create(newsTo(10))
    breakNext(fate)
    expect((await kit.campaigns.edit(id, { name: 'Other news' }, version)).version).toBe(version + 1)
    for (const [act, status] of [
      ['launch', 'preparing'],
      ['pause', 'paused'],
      ['resume', 'preparing'],
    ] as const) {
      breakNext(fate)
      expect((await kit.campaigns[act](id)).status).toBe(status)
      expect(isBroken()).toBe(true)
    }
    breakNext(fate)
    await kit.campaigns.cancel(id, 'no dough')
    expect(told).toEqual(['draft', 'preparing', 'paused', 'preparing', 'cancelled'])
    const { items } = await kit.journal.list({ subject: { type: 'campaign', id } }, { limit: 100 })
    expect(items.map(({ action }) => action)).toEqual([
      'campaign.create',
      'campaign.edit',
      'campaign.launch',
      'campaign.pause',
      'campaign.resume',
      'campaign.cancel',
      'coupons.cancel',
    ])
    const { version: last } = await kit.campaigns.get(id)
    breakNext(fate)
    await kit.campaigns.delete(id, last)
    await expect(kit.campaigns.get(id)).rejects.toMatchObject({ code: 'CAMPAIGN_NOT_FOUND' })
  })

  it('tells what it came to as it was then', async () => {
    const { kit, breakNext } = open()
    breakNext(fate)
    await expect(kit.customers.upsert([{ id: 'c-1' }])).resolves.toMatchObject({ created: 1, updated: 0 })
  })

  it('tells once that a share of a limit is reached, and that a settlement was dearer', async () => {
    const { scope, storage, breakNext, isBroken } = open()
    const limits = [{ account: 'budget', limit: 100, windowMs: null }]
    const parts = (amount: number) => [{ account: 'budget', amount }]
    breakNext(fate)
    const held = await storage.ledger.hold(scope, limits, [{ id: 'a', parts: parts(95), expiresAt: 1e12 }], 1)
    expect(isBroken()).toBe(true)
    expect(held).toEqual({
      outcomes: [{ id: 'a', outcome: 'held' }],
      crossings: [{ account: 'budget', share: 0.9, limit: 100, used: 95 }],
    })
    breakNext(fate)
    const settlement = { id: 'a', parts: parts(120) }
    expect(await storage.ledger.settle(scope, [settlement], 2)).toEqual({
      crossings: [{ account: 'budget', share: 1, limit: 100, used: 120 }],
      overdrafts: [{ account: 'budget', limit: 100, used: 120 }],
    })
    expect(isBroken()).toBe(true)
    expect(await storage.ledger.settle(scope, [settlement], 3)).toEqual({ crossings: [], overdrafts: [] })
    expect(await storage.ledger.accounts(scope, ['budget'], 4)).toMatchObject([{ held: 0, settled: 120 }])
  })

  it('is not taken for one before it that left the same entry', async () => {
    const { scope, storage, breakNext } = open()
    const entry = sampleJournalEntry({ id: 'both' })
    await storage.customers.upsert(scope, [{ id: 'c-1' as never }], entry)
    breakNext(fate)
    await storage.customers.upsert(scope, [{ id: 'c-2' as never }], entry)
    await expect(storage.customers.get(scope, ['c-2' as never])).resolves.toHaveLength(1)
  })
})
