import type { CampaignInput, ChannelKind } from '@campaignkit/core'
import { createManualClock, createRecordingChannel } from '@campaignkit/core/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'
import { openWorkerKit, type WorkerKit } from './worker-kit.fixture.js'

const HOUR_MS = 3_600_000
const MEMBERS = 120
const BATCH = 8

let test: TestStorage
let tenants = 0
let opened: WorkerKit[] = []

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterEach(async () => {
  for (const each of opened) await each.close()
  opened = []
})

afterAll(() => test.stop())

/** Two processes with connections of their own, and what both of them sent by SMS. */
async function twoKits() {
  tenants += 1
  const tenant = `pizzeria-${tenants}`
  const clock = createManualClock({
    auto: true,
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const channelOf = (kind: ChannelKind) =>
    createRecordingChannel({ kind, window: 20, receipts: ['delivered'] })
  const kits = [0, 1].map(() => {
    const channels = { email: channelOf('email'), sms: channelOf('sms') }
    const worker = openWorkerKit(test, { tenant, kit: { channels, clock } })
    opened.push(worker)
    return { ...worker, channels }
  })
  const [first, second] = kits as [(typeof kits)[0], (typeof kits)[0]]
  await first.kit.customers.upsert(
    Array.from({ length: MEMBERS }, (_, at) => ({
      id: `c-${at}`,
      addresses: { email: `c-${at}@example.com`, phone: `+4930${1_000_000 + at}` },
    })),
  )
  const texted = () => kits.flatMap(({ channels }) => channels.sms.sent.map(({ to }) => to))
  return { first, second, clock, texted }
}

function newsBy(delivery: CampaignInput['delivery']): CampaignInput {
  const pace = { limit: 6_000_000, periodMs: 60_000 }
  return {
    name: 'News',
    purpose: 'transactional',
    audience: { type: 'everyone' },
    messages: { email: { subject: 'News', text: 'News.' }, sms: { body: 'News.' } },
    pace: { email: pace, sms: pace },
    ...(delivery === undefined ? {} : { delivery }),
  }
}

const bounceOf = (id: string, key: string, at: number) => ({
  key: `${key} ${id}`,
  type: 'bounced' as const,
  at,
  deliveryId: id as never,
})

/** Each batch of the receipts in turn, the next when the one before is written. */
async function tellAll({ kit }: WorkerKit, receipts: readonly ReturnType<typeof bounceOf>[]) {
  for (let from = 0; from < receipts.length; from += BATCH)
    await kit.events.ingest(receipts.slice(from, from + BATCH))
}

async function endsOf({ kit }: WorkerKit, id: string) {
  const { items } = await kit.campaigns.deliveries(id, {}, { limit: 1_000 })
  const ends = new Map<string, number>()
  for (const { channel, status } of items)
    ends.set(`${channel} ${status}`, (ends.get(`${channel} ${status}`) ?? 0) + 1)
  return Object.fromEntries(ends)
}

describe('bounces that are told late, while a second worker is at work', () => {
  it('meet the claim of what waits for the window, and each is followed once', async () => {
    const { first, second, clock, texted } = await twoKits()
    const { id } = await first.kit.campaigns.create(
      newsBy({ firstOf: ['email', 'sms'], fallbackAfterHours: 1 }),
    )
    await first.kit.campaigns.launch(id)
    for (let ticks = 0; ticks < 5; ticks += 1) await first.root.worker().tick()
    const { items } = await first.kit.campaigns.deliveries(id, {}, { limit: 1_000 })
    const sent = items.filter(({ channel }) => channel === 'email')
    expect(sent).toHaveLength(MEMBERS)
    await clock.advance(HOUR_MS)
    const told = (key: string) => sent.map((delivery) => bounceOf(delivery.id, key, clock.now()))
    await Promise.all([
      tellAll(first, told('one')),
      tellAll(second, told('two').reverse()),
      second.root.worker().drain(),
    ])
    await first.root.worker().drain()
    expect(texted()).toHaveLength(MEMBERS)
    expect(new Set(texted()).size).toBe(MEMBERS)
    expect(await endsOf(first, id)).toEqual({ 'email sent': MEMBERS, 'sms sent': MEMBERS })
    expect((await first.kit.campaigns.get(id)).status).toBe('completed')
  }, 60_000)

  it('meet the end of the run, and none is lost', async () => {
    const { first, second, clock, texted } = await twoKits()
    const { id } = await first.kit.campaigns.create(newsBy({ firstOf: ['email', 'sms'] }))
    await first.kit.campaigns.launch(id)
    await first.root.worker().drain()
    expect((await first.kit.campaigns.get(id)).status).toBe('completed')
    const { items } = await first.kit.campaigns.deliveries(id, {}, { limit: 1_000 })
    const receipts = items.map((delivery) => bounceOf(delivery.id, 'late', clock.now()))
    const half = receipts.length / 2
    let isTelling = true
    const working = async () => {
      // the run ends whenever it has caught up, and is opened again by the next batch
      while (isTelling) await second.root.worker().drain()
    }
    await Promise.all([
      Promise.all([
        tellAll(first, receipts.slice(0, half)),
        tellAll(second, [...receipts.slice(half), ...receipts.slice(0, half)]),
      ]).finally(() => {
        isTelling = false
      }),
      working(),
    ])
    await first.root.worker().drain()
    expect(texted()).toHaveLength(MEMBERS)
    expect(new Set(texted()).size).toBe(MEMBERS)
    expect(await endsOf(first, id)).toEqual({ 'email sent': MEMBERS, 'sms sent': MEMBERS })
    expect((await first.kit.campaigns.get(id)).status).toBe('completed')
    expect((await first.kit.campaigns.runs(id)).map(({ status }) => status)).toEqual(['ended'])
  }, 60_000)
})

describe('what follows bounces', () => {
  it('takes as many statements for many as for few', async () => {
    const counts: number[] = []
    for (const size of [4, MEMBERS]) {
      const { first, clock } = await twoKits()
      const { id } = await first.kit.campaigns.create(newsBy({ firstOf: ['email', 'sms'] }))
      await first.kit.campaigns.launch(id)
      await first.root.worker().drain()
      const { items } = await first.kit.campaigns.deliveries(id, {}, { limit: 1_000 })
      const receipts = items.slice(0, size).map((delivery) => bounceOf(delivery.id, 'late', clock.now()))
      const seen: string[] = []
      const note = ({ sql }: { readonly sql: string }) => void seen.push(sql)
      first.knex.on('query', note)
      await first.kit.events.ingest(receipts)
      first.knex.off('query', note)
      counts.push(seen.filter((text) => !/^(begin|commit|rollback)|pg_notify/i.test(text)).length)
    }
    expect(counts[1]).toBe(counts[0])
  }, 60_000)
})
