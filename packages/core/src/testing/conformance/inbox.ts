import { byCodePoints } from '../../base/by-code-points.js'
import type { DeliveryId } from '../../base/ids.js'
import type { Delivery } from '../../model/delivery.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCustomer, sampleDelivery, sampleEvent, sampleReceipt, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectPages, expectPresent } from './expectations.js'
import {
  claimAndOpen,
  claimOf,
  otherSettlement,
  seedDeliveries,
  sentSettlement,
  UNRULY_IDS,
} from './seeds.js'

const inboxCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries.inbox: ${name}`, [], run)

const CUSTOMER = sampleCustomer().id

/** A delivery for the app, of a run of its own, since a customer has one a run. */
const inApp = (id: string, overrides: Parameters<typeof sampleDelivery>[0] = {}) =>
  sampleDelivery({ id, customerId: CUSTOMER, runId: `run of ${id}`, channel: 'in-app', ...overrides })

/** Sends what is queued of the run of each delivery, at its instant. */
async function sendAt(
  { storage, ours }: StorageSubject,
  deliveries: readonly Delivery[],
  at: (index: number) => number,
): Promise<void> {
  for (const [index, { runId, channel }] of deliveries.entries()) {
    const [hold] = await claimAndOpen(storage, ours, claimOf({ channel }), sampleRun({ id: runId }))
    await storage.deliveries.settle(ours, [sentSettlement(expectPresent(hold, 'a hold'))], at(index))
  }
}

async function dismiss({ storage, ours }: StorageSubject, id: DeliveryId): Promise<void> {
  const receipt = sampleReceipt({ key: `dismissal of ${id}`, type: 'dismissed', deliveryId: id })
  const event = sampleEvent({ key: `receipt:${receipt.key}`, type: 'dismissed', deliveryId: id })
  const entry = { deliveryId: id, receipt, event, proves: true, provedEvents: [], following: null }
  await storage.events.appendReceipts(ours, [entry], SAMPLE_NOW)
}

const idsOf = async (storage: Storage, { ours }: StorageSubject, dismissed?: boolean) =>
  (
    await allPages((page) =>
      storage.deliveries.inbox(ours, CUSTOMER, dismissed === undefined ? {} : { dismissed }, page),
    )
  ).map(({ id }) => id)

/** What `DeliveryStore.inbox` means. */
export const inboxCases: readonly StorageCase[] = [
  inboxCase('goes from the latest to the first, then by id, to the very end', async (subject) => {
    const { storage, ours, theirs } = subject
    const deliveries = UNRULY_IDS.map((id) => inApp(id))
    await seedDeliveries(storage, ours, deliveries)
    await sendAt(subject, deliveries, (index) => SAMPLE_NOW + (index % 4))
    const sent = await storage.deliveries.get(
      ours,
      deliveries.map(({ id }) => id),
    )
    const expected = sent.toSorted(
      (left, right) => (right.sentAt ?? 0) - (left.sentAt ?? 0) || byCodePoints(right.id, left.id),
    )
    await expectPages((page) => storage.deliveries.inbox(ours, CUSTOMER, {}, page), expected, 'deliveries')
    const page = { cursor: null, limit: 10 }
    expectEqual((await storage.deliveries.inbox(theirs, CUSTOMER, {}, page)).items, [], 'those of the others')
  }),
  inboxCase('holds what was sent to the customer in the app, and nothing else', async (subject) => {
    const { storage, ours } = subject
    const [mine, mail, other, queued, failing] = [
      inApp('mine'),
      inApp('mail', { channel: 'email' }),
      inApp('other', { customerId: 'other' }),
      inApp('queued'),
      inApp('failing'),
    ]
    await seedDeliveries(storage, ours, [mine, mail, other, queued, failing])
    await sendAt(subject, [mine, mail, other], () => SAMPLE_NOW)
    const [hold] = await claimAndOpen(
      storage,
      ours,
      claimOf({ channel: 'in-app' }),
      sampleRun({ id: failing.runId }),
    )
    await storage.deliveries.settle(
      ours,
      [otherSettlement(expectPresent(hold, 'a hold'), 'failed')],
      SAMPLE_NOW,
    )
    expectEqual(await idsOf(storage, subject), ['mine'], 'deliveries')
    const page = { cursor: null, limit: 10 }
    expectEqual(
      (await storage.deliveries.inbox(ours, asId('nobody'), {}, page)).items,
      [],
      'deliveries of nobody',
    )
  }),
  inboxCase('tells what was dismissed from what was not', async (subject) => {
    const { storage, ours } = subject
    const deliveries = ['a', 'b', 'c'].map((id) => inApp(id))
    await seedDeliveries(storage, ours, deliveries)
    await sendAt(subject, deliveries, (index) => SAMPLE_NOW + index)
    await dismiss(subject, asId('b'))
    expectEqual(await idsOf(storage, subject, false), ['c', 'a'], 'deliveries that were not')
    expectEqual(await idsOf(storage, subject, true), ['b'], 'deliveries that were')
    expectEqual(await idsOf(storage, subject), ['c', 'b', 'a'], 'all')
  }),
]
