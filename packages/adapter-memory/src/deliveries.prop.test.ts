import type {
  ChannelKind,
  Delivery,
  DeliveryId,
  DeliveryStore,
  Hold,
  Instant,
  WorkerId,
} from '@campaignkit/core/adapter'
import { asId, SAMPLE_NOW, sampleDelivery, sampleRun, sampleScope } from '@campaignkit/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from './storage.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
const SCOPE = sampleScope()
const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const WORKER: WorkerId = asId('worker-1')

interface World {
  readonly deliveries: DeliveryStore
  readonly ids: DeliveryId[]
  readonly holds: Hold[]
  now: Instant
}

/** One thing that happens; every field is used by some of them. */
const stepArb = fc.record({
  does: fc.constantFrom(
    'append',
    'append',
    'claim',
    'claim',
    'doubt',
    'open',
    'open',
    'release',
    'settle',
    'end',
    'pass',
  ),
  channel: fc.constantFrom<ChannelKind>('email', 'sms'),
  inMs: fc.integer({ min: 0, max: 6 }),
  leaseMs: fc.integer({ min: 0, max: 6 }),
  limit: fc.integer({ min: 1, max: 4 }),
  pick: fc.nat(),
  status: fc.constantFrom(
    'queued' as const,
    'inDoubt' as const,
    'sent' as const,
    'failed' as const,
    'held' as const,
  ),
})
type Step = typeof stepArb extends fc.Arbitrary<infer Value> ? Value : never

/** When a delivery could be given, as plainly as the port says it; null for one that is settled. */
function freeAt({ status, dueAt, lease }: Delivery): Instant | null {
  if (status === 'queued') return dueAt
  if (status === 'claimed' || status === 'attempting') return lease?.until ?? dueAt
  return status === 'inDoubt' ? Math.max(dueAt, lease?.until ?? dueAt) : null
}

const WAITING = { claim: ['queued', 'claimed'], claimInDoubt: ['attempting', 'inDoubt'] }
const inTurn = (left: Delivery, right: Delivery) =>
  left.dueAt - right.dueAt || left.rank - right.rank || (left.id < right.id ? -1 : 1)
const rowsOf = ({ deliveries, ids }: World) => deliveries.get(SCOPE, ids)

async function take(
  world: World,
  method: 'claim' | 'claimInDoubt',
  { channel, leaseMs, limit }: Step,
): Promise<void> {
  const wanted = (await rowsOf(world))
    .filter((delivery) => delivery.channel === channel && WAITING[method].includes(delivery.status))
    .filter((delivery) => (freeAt(delivery) ?? Number.NaN) <= world.now)
    .sort(inTurn)
    .slice(0, limit)
  const given = await world.deliveries[method](SCOPE, RUN, {
    worker: WORKER,
    channel,
    now: world.now,
    leaseMs,
    limit,
  })
  expect(given.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
  for (const { id, lease } of given) {
    const fences = world.holds.filter(({ deliveryId }) => deliveryId === id).map(({ fence }) => fence)
    expect(lease?.fence).toBeGreaterThan(Math.max(0, ...fences))
    world.holds.push({ deliveryId: id, fence: lease?.fence ?? 0 })
  }
}

/** What happens, to a hold that is perhaps stale. */
const HAPPENINGS: Readonly<
  Record<Step['does'], (world: World, step: Step, held: readonly Hold[]) => Promise<unknown>>
> = {
  append: (world, { channel, inMs, pick }) => {
    const id = `d-${world.ids.length}`
    const delivery = sampleDelivery({ id, channel, rank: pick % 4, dueAt: world.now + inMs })
    world.ids.push(delivery.id)
    return world.deliveries.append(SCOPE, [delivery])
  },
  claim: (world, step) => take(world, 'claim', step),
  doubt: (world, step) => take(world, 'claimInDoubt', step),
  open: ({ deliveries, now }, { leaseMs }, held) => {
    const window = held.map((hold) => ({
      ...hold,
      attemptId: asId<never>(`a-${hold.fence}`),
      addressKey: asId<never>('k'),
    }))
    return deliveries.openWindow(SCOPE, window, { worker: WORKER, now, leaseUntil: now + leaseMs })
  },
  release: ({ deliveries, now }, { inMs }, held) => deliveries.release(SCOPE, held, now + inMs),
  settle: ({ deliveries, now }, { status, inMs }, held) => {
    const rest = {
      attempt: null,
      reason: null,
      tries: 0,
      costMicros: 0,
      currency: null,
      next: null,
      nextIfReturned: null,
      events: [],
    }
    return deliveries.settle(
      SCOPE,
      held.map((hold) => ({ ...hold, ...rest, status, dueAt: now + inMs })),
      now,
    )
  },
  end: async (world, { limit }) => {
    const { deliveries, now } = world
    const endable = (await rowsOf(world)).filter(
      (delivery) =>
        delivery.status === 'queued' || (delivery.status === 'claimed' && (freeAt(delivery) ?? 0) <= now),
    )
    const ended = await deliveries.endQueued(SCOPE, CAMPAIGN, {
      status: 'cancelled',
      reason: 'stopped',
      now,
      limit,
    })
    expect(ended).toBe(Math.min(endable.length, limit))
  },
  pass: async (world, { inMs }) => {
    world.now += inMs
  },
}

async function expectConsistent(world: World): Promise<void> {
  const rows = await rowsOf(world)
  const free = rows.flatMap((delivery) => freeAt(delivery) ?? [])
  expect(await world.deliveries.nextDue(SCOPE, RUN)).toBe(free.length === 0 ? null : Math.min(...free))
  for (const [status, count] of Object.entries(await world.deliveries.counts(SCOPE, CAMPAIGN, RUN))) {
    expect(count).toBe(rows.filter((delivery) => delivery.status === status).length)
  }
}

describe('deliveries', () => {
  it('are given out, counted and due as a plain search through all of them says, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArb, { maxLength: 80 }), async (steps) => {
        const world: World = {
          deliveries: createMemoryStorage().deliveries,
          ids: [],
          holds: [],
          now: SAMPLE_NOW,
        }
        for (const step of steps) {
          const held = world.holds[world.holds.length - 1 - (step.pick % 3)]
          await HAPPENINGS[step.does](world, step, held === undefined ? [] : [held])
          await expectConsistent(world)
        }
      }),
      { seed: 5, numRuns: LONG ? 5_000 : 200 },
    )
  })
})
