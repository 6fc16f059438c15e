import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import type { Channel } from '../ports/channel.js'
import type { RateLimiter } from '../ports/rate-limiter.js'
import { failsFirst } from '../testing/faults.js'
import {
  createFaultyChannel,
  type Fault,
  type FaultScript,
  type FaultyChannel,
} from '../testing/faulty-channel.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createSendingWorld, instantsOf, timesTaken } from './sending.fixture.js'

const OUTAGE: Fault = { outcome: 'transient', code: 'http-503', outage: true }
const FAST = { pace: { email: perMinute(6_000) }, maxRetries: 3 }

/** A provider that is out of order for so long from the start. */
function outageOf(ms: number, fault: Fault = OUTAGE) {
  const world = createSendingWorld({
    email: { faultOf: () => (world.clock.now() < startedAt + ms ? fault : null) },
  })
  const startedAt = world.clock.now()
  return world
}

describe('a provider that is out of order', () => {
  it('is left alone but for a probe now and then, and gets every message once it is back', async () => {
    const { invite, launch, root, kit, email, heard } = outageOf(10 * MINUTE_MS)
    const throttled = heard('channel.throttled')
    await invite(60)
    const { id } = await launch(FAST)
    await root.worker().drain()
    // what was in flight when it broke, and probes after 30 s, 1, 2, 4 and 5 minutes; without a circuit 240 tries would fail
    expect(email.attempted.length - 60).toBeLessThan(20)
    expect(throttled.length).toBeGreaterThan(0)
    expect([...timesTaken(email).values()]).toEqual(Array(60).fill(1))
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 60, failed: 0 })
  })

  it('is told apart from messages that it refuses for now', async () => {
    const { invite, launch, root, email } = outageOf(10 * MINUTE_MS, { outcome: 'transient', code: 'busy' })
    await invite(20)
    await launch(FAST)
    await root.worker().drain()
    expect(email.attempted).toHaveLength(80)
  })
})

/** A world whose e-mail goes over a channel that is made of the faulty one. */
function worldOver(wrap: (channel: FaultyChannel) => Partial<Channel>, faultOf: FaultScript = () => null) {
  const clock = createManualClock({
    auto: true,
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const faulty = createFaultyChannel({ clock, faultOf })
  const email = { capabilities: faulty.capabilities, send: faulty.send, ...wrap(faulty) }
  const storage = createMemoryStorage()
  const postponed: string[] = []
  const limiter = storage.rateLimiter(clock)
  const noting: RateLimiter = {
    reserve: (scope, request) => limiter.reserve(scope, request),
    postpone: (scope, limit, until) => {
      postponed.push(limit.key)
      return limiter.postpone(scope, limit, until)
    },
  }
  const world = createSendingWorld({ clock, storage, kit: { channels: { email }, limiter: noting } })
  return { ...world, faulty, postponed }
}

describe('an account that the provider calls used up', () => {
  it('sends nothing until it is filled again', async () => {
    const { invite, launch, root, faulty } = worldOver(({ send, accepted }) => ({
      send: async (...given) =>
        (await send(...given)).map((result) =>
          result.outcome === 'accepted' && accepted.length === 3
            ? { ...result, pauseForMs: 5 * MINUTE_MS }
            : result,
        ),
    }))
    await invite(20)
    await launch({ pace: { email: perMinute(60) } })
    await root.worker().drain()
    const [, , third = 0, fourth = 0] = instantsOf(faulty)
    expect(fourth - third).toBeGreaterThanOrEqual(5 * MINUTE_MS)
    expect(faulty.accepted).toHaveLength(20)
  })
})

describe('an account of a tenant of its own', () => {
  it('is the one that is told to slow down', async () => {
    const throttled = { outcome: 'throttled', code: 'http-429', retryAfterMs: MINUTE_MS } as const
    const { invite, launch, root, postponed, faulty } = worldOver(
      () => ({ accountOf: ({ tenant }) => `key-of-${tenant}` }),
      failsFirst(1, throttled),
    )
    await invite(1)
    await launch(FAST)
    await root.worker().drain()
    expect(postponed).toEqual(['account:key-of-pizzeria'])
    expect(faulty.accepted).toHaveLength(1)
  })
})
