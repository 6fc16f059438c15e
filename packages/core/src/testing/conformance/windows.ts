import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import {
  expectCount,
  expectEqual,
  expectFailure,
  expectSame,
  expectThat,
  unreadable,
} from './expectations.js'
import {
  claimAndOpen,
  claimOf,
  deliveriesOf,
  fenceOf,
  holdOf,
  LEASE_MS,
  OTHER_WORKER,
  openWindowOf,
  otherSettlement,
  seedDeliveries,
  WORKER,
  windowEntryOf,
} from './seeds.js'

const claimCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries: ${name}`, [], run)
const RUN = sampleRun().id

const openingCases: readonly StorageCase[] = [
  claimCase('openWindow puts attempts on record and leases anew', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const holds = (await storage.deliveries.claim(ours, RUN, claimOf())).map(holdOf)
    const now = SAMPLE_NOW + 7
    expectEqual(await openWindowOf(storage, ours, holds, { now }), ['delivery-1'], 'deliveries opened')
    const [delivery] = await storage.deliveries.get(ours, [sampleDelivery().id])
    const fence = holds[0]?.fence
    const id = `attempt ${fence} of delivery-1`
    const expected = {
      ...sampleDelivery(),
      status: 'attempting',
      addressKey: 'k1:delivery-1',
      openAttempt: { id, startedAt: now },
      lease: { worker: WORKER, fence, until: now + LEASE_MS },
    }
    expectEqual(delivery, expected, 'the delivery')
    const attempt = {
      id,
      deliveryId: 'delivery-1',
      worker: WORKER,
      fence,
      startedAt: now,
      endedAt: null,
      outcome: 'open',
      code: null,
      providerMessageId: null,
    }
    expectEqual(await storage.deliveries.attemptsOf(ours, sampleDelivery().id), [attempt], 'attempts')
  }),
  claimCase('openWindow opens only what is still claimed under its fence', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(3))
    const [lost, released, held] = expectCount(
      (await storage.deliveries.claim(ours, RUN, claimOf())).map(holdOf),
      3,
      'holds',
    )
    await storage.deliveries.release(ours, [released], SAMPLE_NOW)
    const stale = { ...lost, fence: lost.fence - 1 }
    const unknown = { ...held, deliveryId: asId<typeof held.deliveryId>('nowhere') }
    expectEqual(
      await openWindowOf(storage, ours, [stale, released, unknown, held]),
      [held.deliveryId],
      'opened',
    )
    expectEqual(await openWindowOf(storage, ours, [held]), [], 'opened twice')
    expectEqual(await openWindowOf(storage, ours, []), [], 'opened of none')
    expectEqual(
      await storage.deliveries.attemptsOf(ours, lost.deliveryId),
      [],
      'attempts under a stale fence',
    )
    expectEqual(
      (await storage.deliveries.attemptsOf(ours, held.deliveryId)).length,
      1,
      'attempts of what was held',
    )
  }),
  claimCase('of two who open one hold at once exactly one succeeds', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const holds = (await storage.deliveries.claim(ours, RUN, claimOf())).map(holdOf)
    const opened = await Promise.all(Array.from({ length: 5 }, () => openWindowOf(storage, ours, holds)))
    expectEqual(opened.flat(), ['delivery-1'], 'deliveries opened')
    expectEqual((await storage.deliveries.attemptsOf(ours, sampleDelivery().id)).length, 1, 'attempts')
  }),
  claimCase('openWindow is all or none', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(2))
    const claimed = await storage.deliveries.claim(ours, RUN, claimOf())
    const [first, second] = expectCount(claimed.map(holdOf), 2, 'holds')
    const entries = [windowEntryOf(first), unreadable(windowEntryOf(second))]
    const at = { worker: WORKER, now: SAMPLE_NOW, leaseUntil: SAMPLE_NOW + LEASE_MS }
    await expectFailure(() => storage.deliveries.openWindow(ours, entries, at))
    expectEqual(
      await storage.deliveries.get(ours, [first.deliveryId]),
      claimed.slice(0, 1),
      'the delivery after a failed call',
    )
    expectEqual(
      await storage.deliveries.attemptsOf(ours, first.deliveryId),
      [],
      'attempts after a failed call',
    )
  }),
]

const doubtCases: readonly StorageCase[] = [
  claimCase(
    'claimInDoubt gives attempts whose lease has ended, to one caller, as they are',
    async ({ storage, ours }) => {
      await seedDeliveries(storage, ours, [sampleDelivery(), sampleDelivery({ id: 'sms', channel: 'sms' })])
      const [hold] = expectCount(await claimAndOpen(storage, ours), 1, 'hold')
      const early = claimOf({ worker: OTHER_WORKER, now: SAMPLE_NOW + LEASE_MS - 1 })
      expectEqual(await storage.deliveries.claimInDoubt(ours, RUN, early), [], 'under a living lease')
      const now = SAMPLE_NOW + LEASE_MS
      const request = claimOf({ worker: OTHER_WORKER, now })
      expectEqual(
        await storage.deliveries.claimInDoubt(ours, RUN, { ...request, channel: 'sms' }),
        [],
        'on another channel',
      )
      const [before] = await storage.deliveries.get(ours, [sampleDelivery().id])
      const rivals = await Promise.all(
        Array.from({ length: 5 }, () => storage.deliveries.claimInDoubt(ours, RUN, request)),
      )
      const [given, ...more] = rivals.flat()
      expectEqual(more, [], 'given to others too')
      const fence = fenceOf(given)
      expectEqual(
        given,
        { ...before, lease: { worker: OTHER_WORKER, fence, until: now + LEASE_MS } },
        'the delivery',
      )
      expectThat(fence > hold.fence, 'a larger fence', [hold.fence, fence])
      expectEqual(
        await storage.deliveries.get(ours, [sampleDelivery().id]),
        [given],
        'the delivery as it is kept',
      )
    },
  ),
  claimCase(
    'claimInDoubt gives what is in doubt when it is due, and nothing else',
    async ({ storage, ours }) => {
      await seedDeliveries(storage, ours, deliveriesOf(3))
      const [doubtful] = expectCount(await claimAndOpen(storage, ours, claimOf({ limit: 1 })), 1, 'hold')
      const dueAt = SAMPLE_NOW + 9 * LEASE_MS
      await storage.deliveries.settle(ours, [otherSettlement(doubtful, 'inDoubt', { dueAt })], SAMPLE_NOW)
      await storage.deliveries.claim(ours, RUN, claimOf({ limit: 1 }))
      expectEqual(
        await storage.deliveries.claimInDoubt(ours, RUN, claimOf({ now: dueAt - 1 })),
        [],
        'too early',
      )
      const given = await storage.deliveries.claimInDoubt(ours, RUN, claimOf({ now: dueAt }))
      expectEqual(
        given.map(({ id, status }) => [id, status]),
        [[doubtful.deliveryId, 'inDoubt']],
        'deliveries given',
      )
      expectEqual(given[0]?.openAttempt?.startedAt, SAMPLE_NOW, 'start of the open attempt')
      expectThat(fenceOf(given[0]) > doubtful.fence, 'a larger fence', given)
      expectEqual(
        await storage.deliveries.claimInDoubt(ours, RUN, claimOf({ now: dueAt })),
        [],
        'given twice',
      )
    },
  ),
  claimCase('claimInDoubt gives no more than it is asked for', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(5))
    await claimAndOpen(storage, ours)
    const request = claimOf({ now: SAMPLE_NOW + LEASE_MS, limit: 2 })
    const rounds = [3, 3, 3].map(() => storage.deliveries.claimInDoubt(ours, RUN, request))
    expectSame(
      (await Promise.all(rounds)).map(({ length }) => length),
      [2, 2, 1],
      'deliveries a call',
    )
  }),
]

/** What windows and their doubts mean in a DeliveryStore. */
export const windowCases: readonly StorageCase[] = [...openingCases, ...doubtCases]
