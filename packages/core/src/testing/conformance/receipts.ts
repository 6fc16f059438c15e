import type { Delivery } from '../../model/delivery.js'
import { joinReceipt, type Receipt, type ReceiptState, type ReceiptType } from '../../model/receipt.js'
import type { Scope } from '../../model/scope.js'
import type { ReceiptEntry } from '../../ports/storage/event-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleEvent, sampleReceipt, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import {
  allPages,
  expectCount,
  expectEqual,
  expectFailure,
  expectPresent,
  expectSame,
  unreadable,
} from './expectations.js'
import {
  claimAndOpen,
  claimOf,
  deliveriesOf,
  LEASE_MS,
  otherSettlement,
  seedDeliveries,
  sentSettlement,
} from './seeds.js'

const receiptCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`receipts: ${name}`, [], run)

const CAMPAIGN = sampleRun().campaignId
const { id: DELIVERY, customerId: CUSTOMER } = sampleDelivery()

function entryOf(receipt: Receipt, overrides: Partial<ReceiptEntry> = {}): ReceiptEntry {
  const event = sampleEvent({
    key: receipt.key,
    type: receipt.type,
    at: receipt.at,
    deliveryId: DELIVERY,
    customerId: CUSTOMER,
  })
  return {
    deliveryId: DELIVERY,
    receipt,
    event,
    proves: false,
    provedEvents: [],
    following: null,
    ...overrides,
  }
}

/** An entry that proves that the delivery was sent, with the event that says so. */
function provingEntry(type: ReceiptType = 'delivered', key = 'proof'): ReceiptEntry {
  const provedEvents = [
    sampleEvent({ key: 'sent:delivery-1', type: 'sent', deliveryId: DELIVERY, customerId: CUSTOMER }),
  ]
  return entryOf(sampleReceipt({ key, type }), { proves: true, provedEvents })
}

const deliveryOf = async (storage: Storage, scope: Scope): Promise<Delivery> => {
  const [delivery] = await storage.deliveries.get(scope, [DELIVERY])
  return expectPresent(delivery, 'the delivery')
}
const keysOf = async (storage: Storage, scope: Scope) =>
  (await allPages((page) => storage.events.list(scope, CAMPAIGN, {}, page))).map(({ key }) => key)

/** Puts a delivery there that was attempted and settled so. */
async function seedSettled(
  storage: Storage,
  scope: Scope,
  status: 'sent' | 'failed' | 'inDoubt' | 'held',
): Promise<void> {
  await seedDeliveries(storage, scope)
  const [hold] = await claimAndOpen(storage, scope)
  const held = expectPresent(hold, 'a hold')
  const settlement = status === 'sent' ? sentSettlement(held) : otherSettlement(held, status)
  await storage.deliveries.settle(scope, [settlement], SAMPLE_NOW)
}

const RECEIPTS: readonly Receipt[] = [
  sampleReceipt({ key: 'r-1', type: 'accepted', at: 10 }),
  sampleReceipt({ key: 'r-2', type: 'delivered', at: 20 }),
  sampleReceipt({ key: 'r-3', type: 'opened', at: 40 }),
  sampleReceipt({ key: 'r-4', type: 'opened', at: 30 }),
  sampleReceipt({ key: 'r-5', type: 'clicked', at: 35 }),
]
const JOINED: ReceiptState = RECEIPTS.reduce<ReceiptState>(
  (state, receipt) => joinReceipt(state, receipt),
  {},
)

/** Orders that put every receipt first, last and in between. */
const ORDERS = RECEIPTS.flatMap((_, at) => {
  const turned = [...RECEIPTS.slice(at), ...RECEIPTS.slice(0, at)]
  return [turned, turned.toReversed(), [...turned, ...turned.slice(0, 2)]]
})

const joinCases: readonly StorageCase[] = [
  ...[1, 2, RECEIPTS.length + 2].map((batch) =>
    receiptCase(
      `every order and repetition comes to the same state, in batches of ${batch}`,
      async ({ storage, ours }) => {
        const rows = deliveriesOf(ORDERS.length)
        await seedDeliveries(storage, ours, rows)
        const expected = rows.map(({ id, customerId }) =>
          RECEIPTS.map((receipt) => ({
            ...entryOf(receipt).event,
            key: `${receipt.key} of ${id}`,
            deliveryId: id,
            customerId,
          })),
        )
        for (const [at, order] of ORDERS.entries()) {
          const { id, customerId } = expectPresent(rows[at], 'a delivery')
          const entries = order.map((receipt) => {
            const key = `${receipt.key} of ${id}`
            const event = { ...entryOf(receipt).event, key, deliveryId: id, customerId }
            return entryOf({ ...receipt, key }, { deliveryId: id, event })
          })
          for (let from = 0; from < entries.length; from += batch) {
            await storage.events.appendReceipts(ours, entries.slice(from, from + batch), SAMPLE_NOW)
          }
        }
        const stored = await storage.deliveries.get(
          ours,
          rows.map(({ id }) => id),
        )
        expectSame(
          stored,
          rows.map((row) => ({ ...row, receipts: JOINED })),
          'deliveries',
        )
        expectSame(
          await storage.events.counters(ours, CAMPAIGN),
          foldCounters(expected.flat(), CAMPAIGN),
          'counters',
        )
      },
    ),
  ),
  receiptCase('appendReceipts gives back the events that were new, in order', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [first, second, third] = expectCount(
      RECEIPTS.map((receipt) => entryOf(receipt)).slice(0, 3),
      3,
      'entries',
    )
    const { events: fresh } = await storage.events.appendReceipts(ours, [second, first, second], SAMPLE_NOW)
    expectEqual(fresh, [second.event, first.event], 'new events')
    const { events: more } = await storage.events.appendReceipts(ours, [first, third], SAMPLE_NOW)
    expectEqual(more, [third.event], 'new events of a second call')
    const none = { events: [], reopened: [] }
    expectEqual(await storage.events.appendReceipts(ours, [], SAMPLE_NOW), none, 'new events of none')
  }),
  receiptCase('receipts at once are all joined', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const calls = [...RECEIPTS, ...RECEIPTS].map((receipt) =>
      storage.events.appendReceipts(ours, [entryOf(receipt)], SAMPLE_NOW),
    )
    const events = (await Promise.all(calls)).flatMap((written) => written.events)
    expectEqual(events.length, RECEIPTS.length, 'new events')
    expectEqual((await deliveryOf(storage, ours)).receipts, JOINED, 'receipts')
  }),
  receiptCase('an unknown delivery gets its event only', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, [])
    const { events: fresh } = await storage.events.appendReceipts(ours, [provingEntry()], SAMPLE_NOW)
    expectEqual(
      fresh.map(({ key }) => key),
      ['proof'],
      'new events',
    )
    expectEqual(await keysOf(storage, ours), ['proof'], 'events')
    expectEqual(await storage.deliveries.get(ours, [DELIVERY]), [], 'deliveries')
  }),
  receiptCase('a late receipt is kept, whatever has become of the delivery', async ({ storage, ours }) => {
    for (const status of ['sent', 'failed'] as const) {
      const scope = { ...ours, tenant: `${ours.tenant} ${status}` as Scope['tenant'] }
      await seedSettled(storage, scope, status)
      const before = await deliveryOf(storage, scope)
      const late = sampleReceipt({ type: 'bounced', at: SAMPLE_NOW + 100 * LEASE_MS })
      await storage.events.appendReceipts(scope, [entryOf(late)], SAMPLE_NOW)
      const earlier = sampleReceipt({ key: 'earlier', type: 'bounced', at: SAMPLE_NOW - 1 })
      await storage.events.appendReceipts(scope, [entryOf(earlier)], SAMPLE_NOW)
      const expected = { ...before, receipts: { bounced: SAMPLE_NOW - 1 } }
      expectEqual(await deliveryOf(storage, scope), expected, `the ${status} delivery`)
    }
  }),
  receiptCase('appendReceipts is all or none', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [first, second] = expectCount(RECEIPTS.map((receipt) => entryOf(receipt)).slice(0, 2), 2, 'entries')
    await expectFailure(() => storage.events.appendReceipts(ours, [first, unreadable(second)], SAMPLE_NOW))
    expectEqual(await deliveryOf(storage, ours), sampleDelivery(), 'the delivery after a failed call')
    expectEqual(await keysOf(storage, ours), [], 'events after a failed call')
    expectEqual(await storage.events.counters(ours, CAMPAIGN), [], 'counters after a failed call')
  }),
]

const proofCases: readonly StorageCase[] = [
  ...(['inDoubt', 'held'] as const).map((status) =>
    receiptCase(`a proof makes a delivery that is ${status} sent, once`, async ({ storage, ours }) => {
      await seedSettled(storage, ours, status)
      const now = SAMPLE_NOW + 5
      const { events: fresh } = await storage.events.appendReceipts(ours, [provingEntry()], now)
      expectSame(
        fresh.map(({ key }) => key),
        ['proof', 'sent:delivery-1'],
        'new events',
      )
      const delivery = await deliveryOf(storage, ours)
      expectEqual(
        [delivery.status, delivery.openAttempt, delivery.lease],
        ['sent', null, null],
        'the delivery',
      )
      expectPresent(delivery.sentAt, 'an instant of sending')
      expectPresent(delivery.settledAt, 'an instant of settling')
      await storage.events.appendReceipts(ours, [provingEntry('opened', 'more')], now)
      expectSame(await keysOf(storage, ours), ['proof', 'sent:delivery-1', 'more'], 'events')
      const events = await allPages((page) => storage.events.list(ours, CAMPAIGN, {}, page))
      expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(events, CAMPAIGN), 'counters')
    }),
  ),
  receiptCase(
    'a proof closes the open attempt, and the delivery is due no more',
    async ({ storage, ours }) => {
      await seedSettled(storage, ours, 'inDoubt')
      await storage.events.appendReceipts(ours, [provingEntry()], SAMPLE_NOW)
      const [attempt] = await storage.deliveries.attemptsOf(ours, DELIVERY)
      expectEqual([attempt?.outcome, attempt?.endedAt], ['accepted', SAMPLE_NOW], 'the attempt')
      expectEqual(await storage.deliveries.nextDue(ours, sampleRun().id), null, 'the next due instant')
    },
  ),
  receiptCase(
    'a proof settles an attempt whose lease has ended, and leaves a living one to its worker',
    async ({ storage, ours }) => {
      await seedDeliveries(storage, ours)
      const [hold] = await claimAndOpen(storage, ours)
      const living = SAMPLE_NOW + LEASE_MS - 1
      await storage.events.appendReceipts(ours, [provingEntry()], living)
      const delivery = await deliveryOf(storage, ours)
      expectEqual(
        [delivery.status, delivery.receipts],
        ['attempting', { delivered: SAMPLE_NOW }],
        'under a living lease',
      )
      expectEqual(await keysOf(storage, ours), ['proof'], 'events under a living lease')
      await storage.events.appendReceipts(ours, [provingEntry('opened', 'later')], SAMPLE_NOW + LEASE_MS)
      expectEqual((await deliveryOf(storage, ours)).status, 'sent', 'status after the lease')
      const late = sentSettlement(expectPresent(hold, 'a hold'), { events: [sampleEvent({ key: 'double' })] })
      expectEqual(
        await storage.deliveries.settle(ours, [late], SAMPLE_NOW + LEASE_MS),
        [],
        'settled again by its worker',
      )
      expectSame(await keysOf(storage, ours), ['proof', 'later', 'sent:delivery-1'], 'events')
    },
  ),
  receiptCase('what proves nothing, or meets no attempt, moves no delivery', async ({ storage, ours }) => {
    await seedSettled(storage, ours, 'inDoubt')
    await storage.events.appendReceipts(ours, [{ ...provingEntry(), proves: false }], SAMPLE_NOW)
    expectEqual(
      (await deliveryOf(storage, ours)).status,
      'inDoubt',
      'status after a receipt that proves nothing',
    )
    const scope = { ...ours, tenant: `${ours.tenant} 2` as Scope['tenant'] }
    await seedDeliveries(storage, scope)
    await storage.events.appendReceipts(scope, [provingEntry()], SAMPLE_NOW)
    expectEqual((await deliveryOf(storage, scope)).status, 'queued', 'status of what was never attempted')
    await storage.deliveries.claim(scope, sampleRun().id, claimOf())
    await storage.events.appendReceipts(scope, [provingEntry('opened', 'more')], SAMPLE_NOW + LEASE_MS)
    expectEqual((await deliveryOf(storage, scope)).status, 'claimed', 'status of what was only claimed')
    expectSame(await keysOf(storage, scope), ['proof', 'more'], 'events')
  }),
]

/** What receipts mean in an EventStore. */
export const receiptCases: readonly StorageCase[] = [...joinCases, ...proofCases]
