import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import type { Channel } from '../ports/channel.js'
import { failsFirst } from '../testing/faults.js'
import { sampleCapabilities } from '../testing/sample-capabilities.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { createSendingWorld, instantsOf, timesTaken } from './sending.fixture.js'

const BUSY = { outcome: 'transient', code: 'busy' } as const
const FAST = { pace: { email: perMinute(6_000) } }

describe('a failure that the channel calls transient', () => {
  it('is tried four times in all and then fails with its reason', async () => {
    const { invite, launch, root, kit, email, heard } = createSendingWorld({ email: { faultOf: () => BUSY } })
    const retried = heard('delivery.retried')
    await invite(3)
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect(email.attempted).toHaveLength(12)
    expect(retried.map(({ tries, code, channel }) => [tries, code, channel]).sort()).toEqual(
      [1, 1, 1, 2, 2, 2, 3, 3, 3].map((tries) => [tries, 'busy', 'email']),
    )
    const { items } = await kit.campaigns.deliveries(id, { status: 'failed' })
    expect(items.map(({ reason, tries }) => [reason, tries])).toEqual(Array(3).fill(['busy', 4]))
    const { counts } = await kit.reports.campaign(id)
    expect(counts).toMatchObject({ failed: 3, sent: 0 })
  })

  it('is tried as often as the campaign says', async () => {
    const { invite, launch, root, email } = createSendingWorld({ email: { faultOf: () => BUSY } })
    await invite(1)
    await launch({ ...FAST, maxRetries: 0 })
    await root.worker().drain()
    expect(email.attempted).toHaveLength(1)
  })

  it('ends as sent, once, when a later try works', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld({
      email: { faultOf: failsFirst(3, BUSY) },
    })
    await invite(5)
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect([...timesTaken(email).values()]).toEqual([1, 1, 1, 1, 1])
    const progress = await kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'completed', counts: { sent: 5 }, settled: 5 })
  })

  it('waits with exponential backoff and full jitter: anything up to 30 s, 1 min, 2 min', async () => {
    const { invite, launch, root, email, clock } = createSendingWorld({ email: { faultOf: () => BUSY } })
    const waits: Record<number, number[]> = { 1: [], 2: [], 3: [] }
    root.on('delivery.retried', ({ tries, nextAt }) => waits[tries]?.push(nextAt - clock.now()))
    await invite(300)
    await launch(FAST)
    await root.worker().drain()
    expect(email.attempted).toHaveLength(1_200)
    for (const [tries, most] of [
      [1, 30 * SECOND_MS],
      [2, MINUTE_MS],
      [3, 2 * MINUTE_MS],
    ] as const) {
      const seen = waits[tries] ?? []
      const mean = seen.reduce((sum, wait) => sum + wait, 0) / seen.length
      expect(seen).toHaveLength(300)
      expect(Math.min(...seen)).toBeLessThan(0.05 * most)
      expect(Math.max(...seen)).toBeGreaterThan(0.95 * most)
      expect(Math.max(...seen)).toBeLessThanOrEqual(most)
      expect(mean / most).toBeGreaterThan(0.42)
      expect(mean / most).toBeLessThan(0.58)
    }
  })

  it('waits at least as long as the provider says, in whole milliseconds', async () => {
    const { invite, launch, root, heard, clock } = createSendingWorld({
      email: { faultOf: failsFirst(1, { ...BUSY, retryAfterMs: 10 * MINUTE_MS + 0.5 }) },
    })
    const begun = clock.now()
    const retried = heard('delivery.retried')
    await invite(1)
    await launch(FAST)
    await root.worker().drain()
    expect(retried.map(({ nextAt }) => nextAt - begun)).toEqual([10 * MINUTE_MS + 1])
    expect(clock.now() - begun).toBeGreaterThan(10 * MINUTE_MS)
  })
})

describe('a failure that the channel calls permanent', () => {
  it('fails at once, and the address is suppressed when it is dead: no campaign writes to it again', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld({
      email: {
        faultOf: ({ to }) =>
          to.startsWith('ada1@')
            ? { outcome: 'permanent', code: 'no-such-user', suppress: true }
            : to.startsWith('ada2@')
              ? { outcome: 'permanent', code: 'content-refused' }
              : null,
      },
    })
    await invite(4)
    const first = await launch(FAST)
    await root.worker().drain()
    expect(email.attempted).toHaveLength(4)
    const { items } = await kit.campaigns.deliveries(first.id, { status: 'failed' })
    expect(items.map(({ customerId, reason }) => [customerId, reason]).sort()).toEqual([
      ['c-1', 'no-such-user'],
      ['c-2', 'content-refused'],
    ])
    const reach = await kit.audiences.reach({ type: 'everyone' }, { channels: ['email'] })
    expect(reach.excluded).toMatchObject({ suppressed: 1 })
    await launch({ ...FAST, name: 'again' })
    await root.worker().drain()
    expect(
      email.attempted
        .slice(4)
        .map(({ to }) => to)
        .sort(),
    ).toEqual([0, 2, 3].map((number) => `ada${number}@example.com`))
    const entries = await kit.journal.list({ subject: { type: 'campaign', id: first.id } })
    expect(entries.items.filter(({ action }) => action === 'addresses.suppress')).toHaveLength(1)
  })
})

describe('a provider that says to slow down', () => {
  const throttledOnce = (retryAfterMs: number) => {
    let told = false
    return () => {
      if (told) return null
      told = true
      return { outcome: 'throttled', code: 'too-many', retryAfterMs } as const
    }
  }

  it('spends no try, and nothing of the account goes out before the time, whatever the campaign', async () => {
    let attempts = 0
    const { invite, launch, root, kit, email, clock, heard } = createSendingWorld({
      email: {
        faultOf: () => {
          attempts += 1
          return attempts === 20
            ? { outcome: 'throttled', code: 'too-many', retryAfterMs: 5 * MINUTE_MS }
            : null
        },
      },
    })
    const throttled = heard('channel.throttled')
    const retried = heard('delivery.retried')
    await invite(60)
    const campaigns = [
      await launch({ name: 'one', maxRetries: 0 }),
      await launch({ name: 'two', maxRetries: 0 }),
    ]
    await root.worker().drain()
    expect(email.accepted).toHaveLength(120)
    expect(retried).toHaveLength(0)
    expect(throttled).toMatchObject([{ channel: 'email', until: expect.any(Number) }])
    const until = throttled[0]?.until ?? 0
    const told = until - 5 * MINUTE_MS
    const between = instantsOf(email).filter((at) => at > told && at < until)
    // at most what was on record already
    expect(between.length).toBeLessThanOrEqual(1)
    for (const { id } of campaigns) {
      expect((await kit.campaigns.progress(id)).counts.sent).toBe(60)
    }
    expect(clock.now()).toBeGreaterThan(until)
  })

  it('gives the rest of the chunk back unattempted, and prepares nothing over and over', async () => {
    let prepared = 0
    const { invite, launch, root, email } = createSendingWorld({
      email: { faultOf: throttledOnce(HOUR_MS) },
      kit: {
        templateData: async (_scope, _campaign, ids) => {
          prepared += ids.length
          return new Map()
        },
      },
    })
    await invite(500)
    await launch(FAST)
    await root.worker().drain()
    expect(email.accepted).toHaveLength(500)
    expect(email.attempted.length).toBeLessThanOrEqual(500 + 10)
    expect(prepared).toBeLessThan(500 + 400)
  })

  it('keeps the order of ranks', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld({
      email: { faultOf: throttledOnce(MINUTE_MS) },
    })
    await invite(100)
    const { id } = await launch()
    await root.worker().drain()
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 200 })
    const rankOf = new Map(
      items.map(({ customerId, rank }) => [`${String(customerId).replace('c-', 'ada')}@example.com`, rank]),
    )
    const ranks = email.accepted.map(({ message }) => rankOf.get(message.to) ?? -1)
    expect(ranks).toHaveLength(100)
    // the one who was told to wait comes after those who were not asked
    const others = ranks.filter((rank) => rank !== 0)
    expect(others).toEqual([...others].sort((left, right) => left - right))
  })

  it('may say so for ever: the end date ends it', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld({
      email: { faultOf: () => ({ outcome: 'throttled', code: 'too-many', retryAfterMs: HOUR_MS }) },
    })
    await invite(30)
    const { id } = await launch({ endsAt: clock.now() + DAY_MS })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(0)
    const progress = await kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'completed', counts: { skipped: 30 } })
    expect(email.attempted.length).toBeLessThan(200)
  })
})

describe('a provider that refuses the account', () => {
  it('pauses the campaign, burns nobody, and resuming goes on where it stood', async () => {
    let refuses = true
    const { invite, launch, root, kit, email } = createSendingWorld({
      email: { faultOf: () => (refuses ? { outcome: 'misconfigured', code: 'bad-key' } : null) },
    })
    await invite(40)
    const { id } = await launch({ ...FAST, maxRetries: 0 })
    await root.worker().drain()
    expect(await kit.campaigns.get(id)).toMatchObject({
      status: 'paused',
      statusReason: 'CHANNEL_MISCONFIGURED',
    })
    const { counts } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ queued: 40, failed: 0, sent: 0 })
    expect(email.attempted.length).toBeLessThanOrEqual(10)
    const journal = await kit.journal.list({ subject: { type: 'campaign', id } })
    expect(journal.items.map(({ action, reason }) => [action, reason])).toContainEqual([
      'campaign.pause',
      'CHANNEL_MISCONFIGURED: bad-key',
    ])
    refuses = false
    await kit.campaigns.resume(id)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(40)
    expect([...timesTaken(email).values()].every((times) => times === 1)).toBe(true)
  })

  it('also when its adapter is gone since the launch', async () => {
    const world = createSendingWorld()
    await world.invite(2)
    const { id } = await world.launch(FAST)
    const without = createPizzeria({
      storage: world.storage,
      channels: {},
      kit: { clock: world.clock },
      seed: 'b',
    })
    await without.root.worker().drain()
    expect(await world.kit.campaigns.get(id)).toMatchObject({
      status: 'paused',
      statusReason: 'CHANNEL_MISCONFIGURED',
    })
    await world.kit.campaigns.resume(id)
    await world.root.worker().drain()
    expect(world.email.accepted).toHaveLength(2)
  })
})

describe('a channel that breaks its word', () => {
  const lying = (answer: (batch: readonly unknown[]) => unknown): Channel => ({
    capabilities: sampleCapabilities({ batchSize: 2, window: 4 }),
    send: async (_scope, batch) => answer(batch) as never,
  })

  it.each([
    ['gives no results', () => []],
    ['gives nothing at all', () => undefined],
    ['gives too few', () => [{ outcome: 'accepted', providerMessageId: null }]],
    ['gives nonsense', (batch: readonly unknown[]) => batch.map(() => ({ outcome: 'perhaps' }))],
    ['gives no objects', (batch: readonly unknown[]) => batch.map(() => 'accepted')],
  ])('and %s leaves in doubt what it said nothing of', async (_described, answer) => {
    const { kit, root, welcome } = createPizzeria({ email: lying(answer) })
    await welcome(6)
    const campaign = await kit.campaigns.create({
      name: 'lies',
      audience: { type: 'everyone' },
      messages: { email: { subject: 'Hello', text: 'Hello' } },
      ...FAST,
    })
    await kit.campaigns.launch(campaign.id)
    await root.worker().drain()
    const { counts } = await kit.campaigns.progress(campaign.id)
    expect(counts.sent + counts.held).toBe(6)
    expect(counts.held).toBeGreaterThanOrEqual(3)
  })

  it('and throws before it is asynchronous leaves in doubt', async () => {
    const channel: Channel = {
      capabilities: sampleCapabilities(),
      send: () => {
        throw new Error('no')
      },
    }
    const { kit, runCampaign, welcome } = createPizzeria({ email: channel })
    await welcome(2)
    const { id } = await runCampaign()
    expect((await kit.campaigns.progress(id)).counts.held).toBe(2)
  })
})
