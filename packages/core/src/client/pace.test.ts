import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import { type Pace, perHour, perMinute, perSecond } from '../model/pace.js'
import type { RateLimiter } from '../ports/rate-limiter.js'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { lapsedCustomer, SCOPE, winBack } from './pizzeria.fixture.js'
import { BOTH, busiest, createSendingWorld, instantsOf, timesTaken, usedShare } from './sending.fixture.js'

const LEAST_USE = 0.97

function expectPace(instants: readonly number[], pace: Pace) {
  expect(busiest(instants, pace.periodMs)).toBeLessThanOrEqual(pace.limit)
  expect(usedShare(instants, pace)).toBeGreaterThanOrEqual(LEAST_USE)
}

describe('the pace of a campaign', () => {
  it.each([
    ['100 a minute', perMinute(100), 450],
    ['10 a second', perSecond(10), 300],
    ['6,000 a minute', perMinute(6_000), 3_000],
    ['1 a second', perSecond(1), 40],
  ])('of %s is never exceeded in any window and nearly all used', async (_described, pace, customers) => {
    const { invite, launch, root, email } = createSendingWorld()
    await invite(customers)
    await launch({ pace: { email: pace } })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(customers)
    expectPace(instantsOf(email), pace)
  })

  it.each([200, 2_000, 5_000])('is kept and used although each call takes %i ms', async (delayMs) => {
    const { invite, launch, root, email } = createSendingWorld({ email: { delayMsOf: () => delayMs } })
    await invite(400)
    await launch()
    await root.worker().drain()
    expect(email.accepted).toHaveLength(400)
    expectPace(instantsOf(email), perMinute(100))
  })

  it('of one an hour neither burns slots nor starves behind a lease of a minute', async () => {
    const { invite, launch, root, email, clock } = createSendingWorld()
    await invite(6)
    await launch({ pace: { email: perHour(1) } })
    const begun = clock.now()
    await root.worker().drain()
    expect(email.accepted).toHaveLength(6)
    expect(busiest(instantsOf(email), HOUR_MS)).toBe(1)
    expect(clock.now() - begun).toBeLessThan(5.1 * HOUR_MS)
  })

  it.each([5, 7, 10, 100])('is kept by a channel that takes %i messages a call', async (batchSize) => {
    const { invite, launch, root, email } = createSendingWorld({
      email: { capabilities: { batchSize, window: 200 } },
    })
    await invite(450)
    await launch()
    await root.worker().drain()
    expect(email.accepted).toHaveLength(450)
    expectPace(instantsOf(email), perMinute(100))
  })

  it('is kept by two workers at once over one storage', async () => {
    const { invite, launch, root, email } = createSendingWorld()
    await invite(400)
    await launch()
    await Promise.all([root.worker().drain(), root.worker().drain()])
    expect([...timesTaken(email).values()].every((times) => times === 1)).toBe(true)
    expect(email.accepted).toHaveLength(400)
    expectPace(instantsOf(email), perMinute(100))
  })

  it('of one channel does not slow the other', async () => {
    const { invite, launch, root, email, sms } = createSendingWorld()
    await invite(300)
    await launch({ ...BOTH, pace: { email: perMinute(100), sms: perMinute(30) } })
    await root.worker().drain()
    expectPace(instantsOf(email), perMinute(100))
    expectPace(instantsOf(sms), perMinute(30))
  })

  it('is its own: two campaigns over an account without a pace do not slow each other', async () => {
    const { invite, launch, root, email } = createSendingWorld()
    await invite(300)
    const campaigns = [await launch({ name: 'one' }), await launch({ name: 'two' })]
    await root.worker().drain()
    for (const { id } of campaigns) {
      const own = email.accepted.filter(({ message }) => message.campaignId === id).map(({ at }) => at)
      expect(own).toHaveLength(300)
      expectPace(own, perMinute(100))
    }
  })
})

describe('a pace that is shared', () => {
  it('of a tenant holds over all its campaigns', async () => {
    const { invite, launch, root, email } = createSendingWorld({
      kit: { tenants: () => ({ pace: { email: perMinute(150) } }) },
    })
    await invite(200)
    await launch({ name: 'one' })
    await launch({ name: 'two' })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(400)
    // while both have something to send
    expectPace(instantsOf(email).slice(0, 380), perMinute(150))
    expect(busiest(instantsOf(email), MINUTE_MS)).toBeLessThanOrEqual(150)
  })

  it('of a provider account holds over campaigns, tenants and workers', async () => {
    const accountPace = perSecond(5)
    const world = createSendingWorld({ email: { capabilities: { accountPace } } })
    await world.invite(150)
    await world.launch({ pace: { email: perSecond(4) } })
    await world.launch({ name: 'two', pace: { email: perMinute(1_000) } })
    const neighbours = world.root.as({ ...SCOPE, tenant: 'trattoria' })
    await neighbours.customers.upsert(Array.from({ length: 100 }, (_, number) => lapsedCustomer(number)))
    const theirs = await neighbours.campaigns.create(
      winBack({ purpose: 'transactional', pace: { email: perSecond(4) } }),
    )
    await neighbours.campaigns.launch(theirs.id)
    await Promise.all([world.root.worker().drain(), world.root.worker().drain()])
    expect(world.email.accepted).toHaveLength(400)
    expectPace(instantsOf(world.email), accountPace)
  })

  it('by nobody, at a pace at which several messages are reserved at once, slows no campaign', async () => {
    const { invite, launch, root, email } = createSendingWorld({ email: { capabilities: { window: 100 } } })
    await invite(1_000)
    const pace = { email: perMinute(3_000) }
    const campaigns = [await launch({ name: 'one', pace }), await launch({ name: 'two', pace })]
    await root.worker().drain()
    for (const { id } of campaigns) {
      expectPace(
        email.accepted.filter(({ message }) => message.campaignId === id).map(({ at }) => at),
        pace.email,
      )
    }
  })

  it('that is far below the campaign prepares no message before there is a slot for it', async () => {
    let asked = 0
    const { invite, launch, root, email } = createSendingWorld({
      email: { capabilities: { accountPace: perMinute(6) } },
      kit: {
        templateData: async (_scope, _campaign, ids) => {
          asked += ids.length
          return new Map()
        },
      },
    })
    await invite(60)
    await launch()
    await root.worker().drain()
    expectPace(instantsOf(email), perMinute(6))
    expect(asked).toBeLessThan(4 * 60)
  })
})

describe('a pace whose limiter or storage is slower than its slack', () => {
  const late = ({ limiterMs = () => 0, storageMs = () => 0 }) => {
    const clock = createManualClock({ auto: true })
    const real = createMemoryStorage()
    const after = async <Result>(ms: number, work: () => Promise<Result>): Promise<Result> => {
      await clock.sleepUntil(clock.now() + ms)
      const result = await work()
      await clock.sleepUntil(clock.now() + ms)
      return result
    }
    const limiter = real.rateLimiter(clock)
    const deliveries = overridden(real.deliveries, {
      openWindow: (...given) => after(storageMs(), () => real.deliveries.openWindow(...given)),
    })
    return createSendingWorld({
      storage: overridden(real, { deliveries }),
      clock,
      kit: {
        limiter: overridden(limiter, {
          reserve: (...given) => after(limiterMs(), () => limiter.reserve(...given)),
        }),
      },
      email: { capabilities: { window: 20 } },
    })
  }

  it.each([5, 20, 200])('of %i ms a way is kept, and sends all there is', async (ms) => {
    const { invite, launch, root, email, clock } = late({ limiterMs: () => ms })
    await invite(300)
    await launch({ pace: { email: perSecond(100) } })
    const begun = clock.now()
    await root.worker().drain()
    expect(email.accepted).toHaveLength(300)
    expect(busiest(instantsOf(email), SECOND_MS)).toBeLessThanOrEqual(100)
    // a group of slots for each two ways to the limiter
    expect(clock.now() - begun).toBeLessThan(300 * 10 + (300 / 5) * 2 * ms * 1.5 + 2_000)
  })

  it('is nearly all used where the storage takes 40 ms a way', async () => {
    const { invite, launch, root, email } = late({ storageMs: () => 40 })
    await invite(400)
    await launch({ pace: { email: perSecond(20) } })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(400)
    expectPace(instantsOf(email), perSecond(20))
  })

  it('is kept where the time it takes is different each time', async () => {
    let calls = 0
    const unsteady = () => (calls++ % 7) * (calls % 3 === 0 ? 30 : 4)
    const { invite, launch, root, email } = late({ limiterMs: unsteady, storageMs: unsteady })
    await invite(300)
    await launch({ pace: { email: perSecond(100) } })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(300)
    expect(busiest(instantsOf(email), SECOND_MS)).toBeLessThanOrEqual(100)
  })
})

describe('a slot that passes before the call can be made', () => {
  it('is reserved anew: a channel that is slower than its pace is kept busy and never too fast', async () => {
    const { invite, launch, root, email, clock } = createSendingWorld({
      email: { capabilities: { window: 2 }, delayMsOf: () => 5 * SECOND_MS },
    })
    await invite(60)
    await launch()
    const begun = clock.now()
    await root.worker().drain()
    expect(email.accepted).toHaveLength(60)
    expect(busiest(instantsOf(email), MINUTE_MS)).toBeLessThanOrEqual(24)
    expect(clock.now() - begun).toBeLessThan(30 * 5 * SECOND_MS * 1.05)
  })

  it('is given back when the account has been told to wait meanwhile', async () => {
    let calls = 0
    const { invite, launch, root, kit, email } = createSendingWorld({
      email: {
        capabilities: { window: 1 },
        delayMsOf: () => 3 * SECOND_MS,
        faultOf: () => {
          calls += 1
          return calls === 2 ? { outcome: 'throttled', code: 'too-many', retryAfterMs: HOUR_MS } : null
        },
      },
    })
    await invite(10)
    const campaigns = [await launch({ name: 'one' }), await launch({ name: 'two' })]
    await root.worker().drain()
    expect(email.accepted).toHaveLength(20)
    const [first = 0, second = 0] = instantsOf(email)
    expect(second - first).toBeGreaterThan(HOUR_MS)
    for (const { id } of campaigns) {
      const { items } = await kit.campaigns.deliveries(id, {}, { limit: 100 })
      expect(items.every(({ tries, status }) => tries === 1 && status === 'sent')).toBe(true)
    }
  })

  it('may come back for a part of a call: the rest asks again', async () => {
    const storage = createMemoryStorage()
    const clock = createManualClock({ auto: true })
    const real = storage.rateLimiter(clock)
    let asked = 0
    const limiter: RateLimiter = overridden(real, {
      reserve: async (scope, request) => {
        asked += 1
        if (asked > 1) return real.reserve(scope, { ...request, count: 1 })
        return { firstAt: clock.now() - 1, intervalMs: 0, count: request.count, slackMs: 0 }
      },
    })
    const { invite, launch, root, email } = createSendingWorld({
      storage,
      clock,
      kit: { limiter },
      email: { capabilities: { batchSize: 3, window: 6 } },
    })
    await invite(9)
    await launch({ pace: { email: perMinute(1_000) } })
    await root.worker().drain()
    expect([...timesTaken(email).values()]).toEqual(Array(9).fill(1))
    expect(busiest(instantsOf(email), 50)).toBe(1)
  })
})
