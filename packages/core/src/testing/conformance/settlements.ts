import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleEvent, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import { expectEqual, expectPresent, expectSame } from './expectations.js'
import { deliveryOf, eventsOf } from './ledger-reads.js'
import {
  claimAndOpen,
  claimOf,
  deliveriesOf,
  holdOf,
  otherSettlement,
  seedDeliveries,
  sentSettlement,
} from './seeds.js'

const settleCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries: ${name}`, [], run)
const RUN = sampleRun().id
const CAMPAIGN = sampleRun().campaignId
const LATER = SAMPLE_NOW + 1_000

/** What settling means in a DeliveryStore. */
export const settlementCases: readonly StorageCase[] = [
  settleCase('settle ends the attempt and the delivery, with its events', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [hold] = await claimAndOpen(storage, ours)
    const settlement = sentSettlement(expectPresent(hold, 'a hold'), {
      costMicros: 750,
      currency: 'EUR',
      events: [sampleEvent({ key: 'sent:1', type: 'sent', at: LATER })],
    })
    expectEqual(
      await storage.deliveries.settle(ours, [settlement], LATER),
      ['delivery-1'],
      'deliveries settled',
    )
    const delivery = await deliveryOf(storage, ours, 'delivery-1')
    expectEqual(delivery.status, 'sent', 'status')
    expectEqual(
      [delivery.settledAt, delivery.tries, delivery.reason],
      [LATER, 1, null],
      'settled, tries, reason',
    )
    expectEqual([delivery.lease, delivery.openAttempt], [null, null], 'lease and open attempt')
    expectEqual(delivery.providerMessageId, 'provider delivery-1', 'id of the provider')
    expectEqual([delivery.costMicros, delivery.currency], [750, 'EUR'], 'cost')
    expectPresent(delivery.sentAt, 'an instant of sending')
    const [attempt] = await storage.deliveries.attemptsOf(ours, delivery.id)
    expectEqual([attempt?.outcome, attempt?.endedAt, attempt?.code], ['accepted', LATER, null], 'the attempt')
    expectEqual(attempt?.providerMessageId, 'provider delivery-1', 'id of the provider in the attempt')
    expectEqual(await eventsOf(storage, ours), settlement.events, 'events')
    expectSame(
      await storage.events.counters(ours, CAMPAIGN),
      foldCounters(settlement.events, CAMPAIGN),
      'counters',
    )
  }),
  settleCase('every status but inDoubt closes the attempt', async ({ storage, ours }) => {
    const statuses = ['queued', 'failed', 'skipped', 'cancelled', 'held', 'inDoubt'] as const
    await seedDeliveries(storage, ours, deliveriesOf(statuses.length))
    const holds = await claimAndOpen(storage, ours)
    const settlements = statuses.map((status, at) =>
      otherSettlement(expectPresent(holds[at], 'a hold'), status, { dueAt: LATER }),
    )
    await storage.deliveries.settle(ours, settlements, LATER)
    for (const [at, status] of statuses.entries()) {
      const id = expectPresent(holds[at], 'a hold').deliveryId
      const delivery = await deliveryOf(storage, ours, id)
      const [attempt] = await storage.deliveries.attemptsOf(ours, id)
      const isOpen = status === 'inDoubt'
      const isEnd = !isOpen && status !== 'queued'
      expectEqual(
        [delivery.status, delivery.reason, delivery.lease],
        [status, 'busy', null],
        `the ${status} delivery`,
      )
      expectEqual(
        [delivery.openAttempt !== null, delivery.settledAt],
        [isOpen, isEnd ? LATER : null],
        `its state, ${status}`,
      )
      expectEqual(attempt?.outcome, isOpen ? 'open' : 'transient', `outcome of the attempt, ${status}`)
      if (!isEnd) expectEqual(delivery.dueAt, LATER, `due instant, ${status}`)
    }
  }),
  settleCase('a delivery that was never attempted can be skipped', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [hold] = (await storage.deliveries.claim(ours, RUN, claimOf())).map(holdOf)
    const settlement = otherSettlement(expectPresent(hold, 'a hold'), 'skipped', {
      attempt: null,
      tries: 0,
      reason: 'noConsent',
    })
    expectEqual(
      await storage.deliveries.settle(ours, [settlement], LATER),
      ['delivery-1'],
      'deliveries settled',
    )
    const delivery = await deliveryOf(storage, ours, 'delivery-1')
    expectEqual(
      [delivery.status, delivery.reason, delivery.tries],
      ['skipped', 'noConsent', 0],
      'the delivery',
    )
    expectEqual(await storage.deliveries.attemptsOf(ours, delivery.id), [], 'attempts')
  }),
  settleCase(
    'a delivery is tried again, each attempt on record, first started first',
    async ({ storage, ours }) => {
      await seedDeliveries(storage, ours)
      for (const tries of [1, 2, 3]) {
        const now = SAMPLE_NOW + tries
        const [hold] = await claimAndOpen(storage, ours, claimOf({ now }))
        const settlement = otherSettlement(expectPresent(hold, 'a hold'), 'queued', { tries, dueAt: now + 1 })
        await storage.deliveries.settle(ours, [settlement], now)
      }
      const attempts = await storage.deliveries.attemptsOf(ours, sampleDelivery().id)
      expectEqual(
        attempts.map(({ startedAt }) => startedAt - SAMPLE_NOW),
        [1, 2, 3],
        'starts of the attempts',
      )
      expectEqual((await deliveryOf(storage, ours, 'delivery-1')).tries, 3, 'tries')
      expectEqual(
        (await deliveryOf(storage, ours, 'delivery-1')).firstDueAt,
        SAMPLE_NOW,
        'the first due instant',
      )
    },
  ),
  settleCase('settle appends the next delivery unless it is there already', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(2))
    const [first, second] = await claimAndOpen(storage, ours)
    const next = sampleDelivery({ id: 'next', channel: 'sms', customerId: 'someone' })
    const settlements = [
      otherSettlement(expectPresent(first, 'a hold'), 'failed', { next }),
      otherSettlement(expectPresent(second, 'a hold'), 'failed', { next: { ...next, id: asId('double') } }),
    ]
    await storage.deliveries.settle(ours, settlements, LATER)
    expectEqual(
      await storage.deliveries.ofMembers(ours, RUN, [expectPresent(next.customerId, 'a customer')]),
      [next],
      'deliveries of the member',
    )
  }),
]
