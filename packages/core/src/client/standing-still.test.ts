import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { SECOND_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import type { DeliveryStore } from '../ports/storage/delivery-store.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld, timesTaken } from './sending.fixture.js'

const FAST = { pace: { email: perMinute(60_000) } }

type Opening = Parameters<DeliveryStore['openWindow']>[2]

/** A worker that stands still once, when its first window is on record, and another one on the same storage. */
function openStanding(
  stand: (at: Opening, other: ReturnType<typeof createSendingWorld>) => Promise<unknown>,
) {
  const storage = createMemoryStorage()
  const clock = createManualClock({ auto: true })
  const other = createSendingWorld({ storage, clock, seed: 'other' })
  let stood = 0
  const deliveries = overridden(storage.deliveries, {
    openWindow: async (scope, entries, at) => {
      const opened = await storage.deliveries.openWindow(scope, entries, at)
      if (stood > 0) return opened
      stood = opened.length
      await stand(at, other)
      return opened
    },
  })
  const world = createSendingWorld({ storage: overridden(storage, { deliveries }), clock })
  const taken = () => [...timesTaken(world.email).values(), ...timesTaken(other.email).values()]
  return { ...world, taken, stood: () => stood }
}

describe('a worker that stands still behind putting attempts on record', () => {
  it.each(['resend', 'hold'] as const)(
    'until their lease has ended calls nobody of whom another one has decided by %s',
    async (inDoubt) => {
      const { invite, launch, root, kit, taken, stood } = openStanding(async ({ leaseUntil }, other) => {
        await other.clock.sleepUntil(leaseUntil)
        await other.root.worker().tick()
      })
      await invite(10)
      const { id } = await launch({ ...FAST, inDoubt })
      await root.worker().drain()
      expect(stood()).toBeGreaterThan(0)
      const { counts } = await kit.campaigns.progress(id)
      expect(counts).toMatchObject(
        inDoubt === 'resend' ? { sent: 10 } : { sent: 10 - stood(), held: stood() },
      )
      expect(taken()).toEqual(Array(counts.sent).fill(1))
    },
  )

  it.each([
    ['the end of the campaign', { endsAt: SAMPLE_NOW + 10 * SECOND_MS }, 'campaignEnded'],
    ['their time to live', { timeToLiveDays: 10 / 86_400 }, 'expired'],
  ])('until %s has come calls nobody', async (_end, more, reason) => {
    const { invite, launch, root, kit, taken, stood } = openStanding((_at, { clock }) =>
      clock.sleepUntil(SAMPLE_NOW + 11 * SECOND_MS),
    )
    await invite(3)
    const { id } = await launch({ ...FAST, ...more })
    await root.worker().drain()
    expect(stood()).toBeGreaterThan(0)
    expect(taken()).toEqual([])
    const { items } = await kit.campaigns.deliveries(id)
    expect(items.map((delivery) => [delivery.status, delivery.reason])).toEqual(
      Array(3).fill(['skipped', reason]),
    )
  })

  it('until their lease has ended gives them back when nobody else has come, no try spent', async () => {
    const { invite, launch, root, kit, taken } = openStanding(({ leaseUntil }, { clock }) =>
      clock.sleepUntil(leaseUntil),
    )
    await invite(10)
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect(taken()).toEqual(Array(10).fill(1))
    const { items } = await kit.campaigns.deliveries(id)
    expect(items.map(({ status, tries }) => [status, tries])).toEqual(Array(10).fill(['sent', 1]))
  })
})
