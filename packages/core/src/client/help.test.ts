import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import { MINUTE_MS, SECOND_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld, heardBy, type SendingOptions, timesTaken } from './sending.fixture.js'

const slow: NonNullable<SendingOptions['email']> = {
  delayMsOf: () => SECOND_MS,
  capabilities: { window: 10 },
}

/** Two workers on one storage, each with a provider that takes a second for each of ten at once. */
function openTwo(email: NonNullable<SendingOptions['email']> = slow) {
  const storage = createMemoryStorage()
  const clock = createManualClock({ yieldTurn: () => new Promise((resolve) => setImmediate(resolve)) })
  const claims: string[] = []
  const worlds = ['first', 'second'].map((seed) => {
    const claim: typeof storage.deliveries.claim = (...given) => {
      claims.push(seed)
      return storage.deliveries.claim(...given)
    }
    const deliveries = overridden(storage.deliveries, { claim })
    return createSendingWorld({ storage: overridden(storage, { deliveries }), clock, seed, email })
  })
  const [first, second] = worlds
  if (first === undefined || second === undefined) throw new Error('there are two')
  const stop = new AbortController()
  const work = () => Promise.all(worlds.map(({ root }) => root.worker().run({ signal: stop.signal })))
  const halt = async (working: Promise<unknown>) => {
    stop.abort()
    await clock.advance(10 * SECOND_MS)
    await working
  }
  return { first, second, clock, claims, work, halt }
}

describe('a run that is behind', () => {
  it('is sent by every worker that has room, to each customer once', async () => {
    const { first, second, clock, work, halt } = openTwo()
    await first.invite(600)
    const { id } = await first.launch({ pace: { email: perMinute(60_000) } })
    const working = work()
    await clock.advance(45 * SECOND_MS)
    const { counts } = await first.kit.campaigns.progress(id)
    expect(counts.sent).toBe(600)
    expect((await first.kit.campaigns.get(id)).status).toBe('completed')
    const [one, other] = [first, second].map(({ email }) => email.accepted.length)
    expect(Math.min(one ?? 0, other ?? 0)).toBeGreaterThan(200)
    const taken = [...timesTaken(first.email).values(), ...timesTaken(second.email).values()]
    expect(taken).toEqual(Array(600).fill(1))
    await halt(working)
  })

  it('is left alone when its pace is what bounds it', async () => {
    const { first, second, clock, claims, work, halt } = openTwo({})
    await first.invite(400)
    await first.launch({ pace: { email: perMinute(60) } })
    const working = work()
    await clock.advance(2 * MINUTE_MS)
    const taken = first.email.accepted.length + second.email.accepted.length
    expect(taken).toBeGreaterThanOrEqual(115)
    const answering = first.email.accepted.length > second.email.accepted.length ? 'first' : 'second'
    expect(claims.filter((seed) => seed !== answering).length).toBeLessThanOrEqual(12)
    await halt(working)
  })

  it('is given back by a helper that is stopped, and ends with the other', async () => {
    const { first, second, clock } = openTwo()
    await first.invite(300)
    const { id } = await first.launch({ pace: { email: perMinute(60_000) } })
    const stops = [new AbortController(), new AbortController()]
    const working = [first, second].map(({ root }, at) => root.worker().run({ signal: stops[at]?.signal }))
    await clock.advance(12 * SECOND_MS)
    const helper = first.email.accepted.length > second.email.accepted.length ? 1 : 0
    stops[helper]?.abort()
    await clock.advance(5 * SECOND_MS)
    await working[helper]
    const { counts } = await first.kit.campaigns.progress(id)
    expect(counts).toMatchObject({ inDoubt: 0, held: 0 })
    await clock.advance(MINUTE_MS)
    expect((await first.kit.campaigns.get(id)).status).toBe('completed')
    const taken = [...timesTaken(first.email).values(), ...timesTaken(second.email).values()]
    expect(taken).toEqual(Array(300).fill(1))
    stops[1 - helper]?.abort()
    await clock.advance(10 * SECOND_MS)
    await Promise.all(working)
  })

  it('is no failure of a helper when somebody else was faster', async () => {
    const { first, second, clock, work, halt } = openTwo()
    await first.invite(900)
    await first.launch({ pace: { email: perMinute(60_000) } })
    const failures = [first, second].map(({ root }) => heardBy(root, 'worker.failed'))
    for (const { storage } of [first, second])
      storage.deliveries.nextDue = () =>
        Promise.reject(new CampaignKitError('VERSION_CONFLICT', 'It was changed meanwhile'))
    const working = work()
    await clock.advance(20 * SECOND_MS)
    expect(second.email.accepted.length + first.email.accepted.length).toBeGreaterThan(0)
    expect(failures).toEqual([[], []])
    await halt(working)
  })
})
