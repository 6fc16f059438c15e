import type { Delivery } from '../../model/delivery.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectCount, expectEqual, expectSame, expectThat } from './expectations.js'
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
  sentSettlement,
  WORKER,
} from './seeds.js'

const claimCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries: ${name}`, [], run)
const RUN = sampleRun().id
const idsOf = (deliveries: readonly Delivery[]) => deliveries.map(({ id }) => id)

/** What claims and releases of a DeliveryStore mean. */
export const claimCases: readonly StorageCase[] = [
  claimCase('claim leases what is due, in order of due instant, rank and id', async ({ storage, ours }) => {
    const inOrder = [
      sampleDelivery({ id: 'f', dueAt: SAMPLE_NOW - 2, rank: 9 }),
      sampleDelivery({ id: 'e', dueAt: SAMPLE_NOW - 1, rank: 2 }),
      sampleDelivery({ id: 'd', dueAt: SAMPLE_NOW - 1, rank: 10 }),
      sampleDelivery({ id: 'b', rank: 1 }),
      sampleDelivery({ id: 'c', rank: 1 }),
      sampleDelivery({ id: 'a', rank: 3 }),
    ]
    const later = sampleDelivery({ id: 'later', dueAt: SAMPLE_NOW + 1 })
    await seedDeliveries(
      storage,
      ours,
      [later, ...inOrder].toSorted((left, right) => (left.id < right.id ? 1 : -1)),
    )
    const first = await storage.deliveries.claim(ours, RUN, claimOf({ limit: 4 }))
    const rest = await storage.deliveries.claim(ours, RUN, claimOf({ worker: OTHER_WORKER }))
    expectEqual([...idsOf(first), ...idsOf(rest)], idsOf(inOrder), 'deliveries claimed')
    const [given] = first
    const lease = { worker: WORKER, fence: given?.lease?.fence, until: SAMPLE_NOW + LEASE_MS }
    expectEqual(given, { ...inOrder[0], status: 'claimed', lease }, 'the first')
    expectEqual(await storage.deliveries.get(ours, [asId('f')]), [given], 'the first as it is kept')
    expectThat(fenceOf(given) > 0, 'a fence above 0', given?.lease)
    expectEqual(await storage.deliveries.claim(ours, RUN, claimOf()), [], 'claimed once more')
  }),
  claimCase(
    'claim leaves the larger ids of one instant and rank, whichever came first',
    async ({ storage, ours }) => {
      await seedDeliveries(storage, ours, [sampleDelivery({ id: 'z', rank: 0 })])
      for (const id of ['d', 'b', 'c', 'a'])
        await storage.deliveries.append(ours, [sampleDelivery({ id, rank: 1 })])
      const claimed = async () => idsOf(await storage.deliveries.claim(ours, RUN, claimOf({ limit: 3 })))
      expectEqual(await claimed(), ['z', 'a', 'b'], 'deliveries claimed')
      expectEqual(await claimed(), ['c', 'd'], 'the rest')
    },
  ),
  claimCase('claim is for one run and one channel', async ({ storage, ours }) => {
    const email = sampleDelivery({ id: 'a' })
    const sms = sampleDelivery({ id: 'b', channel: 'sms' })
    const other = sampleDelivery({ id: 'c', runId: 'run-2' })
    await seedDeliveries(storage, ours, [email, sms, other])
    expectEqual(
      idsOf(await storage.deliveries.claim(ours, RUN, claimOf({ channel: 'sms' }))),
      ['b'],
      'on sms',
    )
    expectEqual(idsOf(await storage.deliveries.claim(ours, RUN, claimOf())), ['a'], 'on email')
    expectEqual(
      idsOf(await storage.deliveries.claim(ours, asId('run-2'), claimOf())),
      ['c'],
      'of the other run',
    )
    expectEqual(await storage.deliveries.claim(ours, asId('run-3'), claimOf()), [], 'of no run')
  }),
  claimCase(
    'a lease binds until its end, and then the delivery is claimed with a larger fence',
    async ({ storage, ours }) => {
      await seedDeliveries(storage, ours)
      const [first] = await storage.deliveries.claim(ours, RUN, claimOf())
      const living = claimOf({ worker: OTHER_WORKER, now: SAMPLE_NOW + LEASE_MS - 1 })
      expectEqual(await storage.deliveries.claim(ours, RUN, living), [], 'claimed under a living lease')
      const ended = claimOf({ worker: OTHER_WORKER, now: SAMPLE_NOW + LEASE_MS })
      const [second] = await storage.deliveries.claim(ours, RUN, ended)
      expectEqual(second?.lease?.worker, OTHER_WORKER, 'the worker of the second lease')
      expectThat(fenceOf(second) > fenceOf(first), 'a larger fence', [first, second])
    },
  ),
  claimCase('a fence is larger than any that the delivery ever had', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const fences: number[] = []
    for (let round = 0; round < 4; round += 1) {
      const [given] = await storage.deliveries.claim(ours, RUN, claimOf())
      if (given === undefined) break
      const hold = holdOf(given)
      fences.push(hold.fence)
      if (round % 2 === 0) await storage.deliveries.release(ours, [hold], SAMPLE_NOW)
      if (round % 2 === 0) continue
      await openWindowOf(storage, ours, [hold])
      await storage.deliveries.settle(ours, [otherSettlement(hold, 'queued')], SAMPLE_NOW)
    }
    expectEqual(fences.length, 4, 'claims')
    expectEqual(
      [...new Set(fences)].sort((left, right) => left - right),
      fences,
      'growing fences',
    )
  }),
  claimCase('claimers at once never share a delivery and leave none behind', async ({ storage, ours }) => {
    const deliveries = deliveriesOf(100)
    await seedDeliveries(storage, ours, deliveries)
    const claimer = async (at: number) => {
      const mine: Delivery[] = []
      for (;;) {
        const given = await storage.deliveries.claim(
          ours,
          RUN,
          claimOf({ worker: asId(`worker-${at}`), limit: 7 }),
        )
        if (given.length === 0) return mine
        mine.push(...given)
      }
    }
    const claimed = (await Promise.all(Array.from({ length: 8 }, (_, at) => claimer(at)))).flat()
    expectSame(idsOf(claimed), idsOf(deliveries), 'deliveries claimed')
  }),
  claimCase('claim goes through thousands in order', async ({ storage, ours }) => {
    const deliveries = deliveriesOf(3_000)
    await seedDeliveries(storage, ours, deliveries.toReversed())
    const claimed: Delivery[] = []
    for (let given = [...deliveries]; given.length > 0; ) {
      given = [...(await storage.deliveries.claim(ours, RUN, claimOf({ limit: 700 })))]
      claimed.push(...given)
    }
    expectEqual(idsOf(claimed), idsOf(deliveries), 'deliveries claimed')
  }),
  claimCase('what is settled, attempting or in doubt is never claimed', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(7))
    const holds = await claimAndOpen(storage, ours)
    const [a, b, c, d, e, f] = expectCount(holds, 7, 'holds')
    await storage.deliveries.settle(
      ours,
      [
        sentSettlement(a),
        otherSettlement(b, 'failed'),
        otherSettlement(c, 'skipped'),
        otherSettlement(d, 'cancelled'),
        otherSettlement(e, 'held'),
        otherSettlement(f, 'inDoubt'),
      ],
      SAMPLE_NOW,
    )
    const late = claimOf({ now: SAMPLE_NOW + 100 * LEASE_MS })
    expectEqual(await storage.deliveries.claim(ours, RUN, late), [], 'deliveries claimed')
  }),
  claimCase('release gives claimed deliveries back, due at the instant', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(2))
    const [first, second] = expectCount(
      (await storage.deliveries.claim(ours, RUN, claimOf())).map(holdOf),
      2,
      'holds',
    )
    const stale = { ...second, fence: second.fence - 1 }
    await storage.deliveries.release(ours, [first, stale], SAMPLE_NOW + 5)
    await storage.deliveries.release(ours, [], SAMPLE_NOW)
    const [released, kept] = deliveriesOf(2)
    const expected = [{ ...released, dueAt: SAMPLE_NOW + 5 }]
    expectEqual(await storage.deliveries.get(ours, [first.deliveryId]), expected, 'the released delivery')
    const [leased] = await storage.deliveries.get(ours, [second.deliveryId])
    expectEqual(leased?.status, 'claimed', `status of ${kept?.id}`)
    expectEqual(
      await storage.deliveries.claim(ours, RUN, claimOf({ now: SAMPLE_NOW + 4 })),
      [],
      'claimed too early',
    )
    expectEqual(
      (await storage.deliveries.claim(ours, RUN, claimOf({ now: SAMPLE_NOW + 5 }))).length,
      1,
      'claimed then',
    )
  }),
  claimCase('release leaves alone what has an attempt', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const holds = await claimAndOpen(storage, ours)
    const before = await storage.deliveries.get(ours, [sampleDelivery().id])
    await storage.deliveries.release(ours, holds, SAMPLE_NOW)
    expectEqual(await storage.deliveries.get(ours, [sampleDelivery().id]), before, 'the attempted delivery')
  }),
]
