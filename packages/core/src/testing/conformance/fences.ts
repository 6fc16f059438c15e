import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleEvent, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectFailure, expectPresent, unreadable } from './expectations.js'
import { deliveryOf, eventsOf } from './ledger-reads.js'
import {
  claimAndOpen,
  claimOf,
  deliveriesOf,
  LEASE_MS,
  OTHER_WORKER,
  seedDeliveries,
  sentSettlement,
} from './seeds.js'

const settleCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries: ${name}`, [], run)
const RUN = sampleRun().id
const CAMPAIGN = sampleRun().campaignId
const LATER = SAMPLE_NOW + 1_000

/** What a fence means to a settlement. */
export const fenceCases: readonly StorageCase[] = [
  settleCase('nothing of a settlement under a stale fence is written', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(2))
    const [stale, other] = await claimAndOpen(storage, ours)
    const now = SAMPLE_NOW + LEASE_MS
    await storage.deliveries.claimInDoubt(ours, RUN, claimOf({ worker: OTHER_WORKER, now, limit: 1 }))
    const hold = expectPresent(stale, 'a hold')
    const before = await deliveryOf(storage, ours, hold.deliveryId)
    const settlements = [
      sentSettlement(hold, {
        next: sampleDelivery({ id: 'next', customerId: 'next' }),
        events: [sampleEvent({ key: 'stale' })],
        costMicros: 1,
        currency: 'EUR',
      }),
      sentSettlement(expectPresent(other, 'a hold'), { events: [sampleEvent({ key: 'good' })] }),
    ]
    expectEqual(
      await storage.deliveries.settle(ours, settlements, now),
      [other?.deliveryId],
      'deliveries settled',
    )
    expectEqual(await deliveryOf(storage, ours, hold.deliveryId), before, 'the delivery')
    expectEqual(
      (await storage.deliveries.attemptsOf(ours, hold.deliveryId))[0]?.outcome,
      'open',
      'its attempt',
    )
    expectEqual(
      (await eventsOf(storage, ours)).map(({ key }) => key),
      ['good'],
      'events',
    )
    expectEqual(await storage.deliveries.get(ours, [asId('next')]), [], 'the next delivery')
    expectEqual(
      await storage.deliveries.byProviderMessageId(ours, [`provider ${hold.deliveryId}`]),
      [],
      'by provider',
    )
  }),
  settleCase('what is settled stays as it is, whoever settles it again', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [hold] = await claimAndOpen(storage, ours)
    const settlement = sentSettlement(expectPresent(hold, 'a hold'), { events: [sampleEvent()] })
    await storage.deliveries.settle(ours, [settlement], LATER)
    const before = await deliveryOf(storage, ours, 'delivery-1')
    const again = { ...settlement, status: 'failed', events: [sampleEvent({ key: 'again' })] } as const
    expectEqual(await storage.deliveries.settle(ours, [again], LATER + 1), [], 'deliveries settled')
    expectEqual(await deliveryOf(storage, ours, 'delivery-1'), before, 'the delivery')
    expectEqual((await eventsOf(storage, ours)).length, 1, 'events')
  }),
  settleCase('of many who settle one hold at once exactly one succeeds', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [hold] = await claimAndOpen(storage, ours)
    const rivals = Array.from({ length: 10 }, (_, at) => {
      const events = [sampleEvent({ key: `rival-${at}` })]
      return storage.deliveries.settle(
        ours,
        [sentSettlement(expectPresent(hold, 'a hold'), { events })],
        LATER,
      )
    })
    expectEqual((await Promise.all(rivals)).flat(), ['delivery-1'], 'deliveries settled')
    expectEqual((await eventsOf(storage, ours)).length, 1, 'events')
  }),
  settleCase('a worker that comes late but was not displaced still settles', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [hold] = await claimAndOpen(storage, ours)
    const now = SAMPLE_NOW + 5 * LEASE_MS
    const settled = await storage.deliveries.settle(
      ours,
      [sentSettlement(expectPresent(hold, 'a hold'))],
      now,
    )
    expectEqual(settled, ['delivery-1'], 'deliveries settled')
  }),
  settleCase('settle is all or none', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(2))
    const [first, second] = await claimAndOpen(storage, ours)
    const settlements = [
      sentSettlement(expectPresent(first, 'a hold'), {
        events: [sampleEvent()],
        next: sampleDelivery({ id: 'next', customerId: 'next' }),
      }),
      sentSettlement(expectPresent(second, 'a hold'), {
        events: [unreadable(sampleEvent({ key: 'event-2' }))],
      }),
    ]
    await expectFailure(() => storage.deliveries.settle(ours, settlements, LATER))
    for (const hold of [first, second]) {
      const id = expectPresent(hold, 'a hold').deliveryId
      expectEqual((await deliveryOf(storage, ours, id)).status, 'attempting', `status of ${id}`)
      expectEqual((await storage.deliveries.attemptsOf(ours, id))[0]?.outcome, 'open', `attempt of ${id}`)
    }
    expectEqual(await eventsOf(storage, ours), [], 'events')
    expectEqual(await storage.events.counters(ours, CAMPAIGN), [], 'counters')
    expectEqual(await storage.deliveries.get(ours, [asId('next')]), [], 'the next delivery')
  }),
  settleCase('settling none is settling none', async ({ storage, ours }) => {
    expectEqual(await storage.deliveries.settle(ours, [], LATER), [], 'deliveries settled')
  }),
]
