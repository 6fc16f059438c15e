import { byCodePoints } from '../../base/by-code-points.js'
import type { AddressKey, RunId } from '../../base/ids.js'
import { DELIVERY_STATUSES, type Delivery } from '../../model/delivery.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import {
  expectEqual,
  expectFailure,
  expectPages,
  expectPresent,
  expectSame,
  tamperWith,
  unreadable,
} from './expectations.js'
import {
  claimAndOpen,
  claimOf,
  deliveriesOf,
  holdOf,
  LEASE_MS,
  openWindowOf,
  otherSettlement,
  seedDeliveries,
  sentSettlement,
  UNRULY_IDS,
} from './seeds.js'

const deliveryCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries: ${name}`, [], run)

const RUN = sampleRun().id
const CAMPAIGN = sampleRun().campaignId
const NOTHING = Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, 0]))

const appendCases: readonly StorageCase[] = [
  deliveryCase(
    'append leaves out what is there by run, step, customer and channel',
    async ({ storage, ours }) => {
      const first = sampleDelivery({ id: 'first', customerId: 'a' })
      const others = [
        sampleDelivery({ id: 'step', customerId: 'a', step: 1 }),
        sampleDelivery({ id: 'channel', customerId: 'a', channel: 'sms' }),
        sampleDelivery({ id: 'customer', customerId: 'b' }),
        sampleDelivery({ id: 'run', customerId: 'a', runId: 'run-2' }),
      ]
      const double = sampleDelivery({ id: 'double', customerId: 'a', rank: 9 })
      await seedDeliveries(storage, ours, [first, double])
      await storage.deliveries.append(ours, [double, ...others])
      await storage.deliveries.append(ours, [double, ...others])
      await storage.deliveries.append(ours, [])
      const ids = [...others.map(({ id }) => id), first.id, double.id]
      expectSame(await storage.deliveries.get(ours, ids), [first, ...others], 'deliveries')
      const counts = await storage.deliveries.counts(ours, CAMPAIGN)
      expectEqual(counts.queued, 5, 'queued')
    },
  ),
  deliveryCase('append leaves alone what has moved on', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours)
    const [claimed] = await storage.deliveries.claim(ours, RUN, claimOf())
    await storage.deliveries.append(ours, [sampleDelivery()])
    expectEqual(await storage.deliveries.get(ours, [sampleDelivery().id]), [claimed], 'the delivery')
  }),
  deliveryCase('append is all or none', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, [])
    const broken = [sampleDelivery(), unreadable(sampleDelivery({ id: 'delivery-2' }))]
    await expectFailure(() => storage.deliveries.append(ours, broken))
    expectEqual(
      await storage.deliveries.get(ours, [sampleDelivery().id]),
      [],
      'deliveries after a failed call',
    )
  }),
]

const readCases: readonly StorageCase[] = [
  deliveryCase(
    'get gives those whom it is asked for and leaves unknown ids out',
    async ({ storage, ours }) => {
      const deliveries = UNRULY_IDS.map((id) => sampleDelivery({ id, segments: [id] }))
      await seedDeliveries(storage, ours, deliveries)
      const ids = deliveries.map(({ id }) => id)
      expectSame(await storage.deliveries.get(ours, [...ids, asId('nowhere')]), deliveries, 'deliveries')
      expectEqual(await storage.deliveries.get(ours, []), [], 'deliveries of no ids')
    },
  ),
  deliveryCase('byProviderMessageId finds what the provider named', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(3))
    const holds = await claimAndOpen(storage, ours)
    const sent = holds.slice(0, 2).map((hold) => sentSettlement(hold))
    await storage.deliveries.settle(ours, sent, SAMPLE_NOW)
    const names = holds.map(({ deliveryId }) => `provider ${deliveryId}`)
    const found = await storage.deliveries.byProviderMessageId(ours, [...names, 'unknown'])
    expectSame(
      found.map(({ id }) => id),
      sent.map(({ deliveryId }) => deliveryId),
      'deliveries',
    )
    expectEqual(await storage.deliveries.byProviderMessageId(ours, []), [], 'deliveries of no names')
  }),
  deliveryCase(
    'byAddressKey gives what went to the addresses, the last due first, and no more than asked for',
    async ({ storage, ours }) => {
      const instants = [2, 4, 1, 4]
      const sent = instants.map((at, rank) =>
        sampleDelivery({ id: `d-${rank}`, rank, dueAt: SAMPLE_NOW + at }),
      )
      await seedDeliveries(storage, ours, [
        ...sent,
        sampleDelivery({ id: 'untouched', dueAt: SAMPLE_NOW + 9 }),
      ])
      await claimAndOpen(storage, ours, claimOf({ now: SAMPLE_NOW + 5 }))
      const keys = sent.map(({ id }) => asId<AddressKey>(`k1:${id}`))
      const idsOf = async (limit: number, asked = keys) =>
        (await storage.deliveries.byAddressKey(ours, asked, limit)).map(({ id }) => id)
      expectEqual(await idsOf(10), ['d-3', 'd-1', 'd-0', 'd-2'], 'deliveries')
      expectEqual(await idsOf(2), ['d-3', 'd-1'], 'the last two')
      expectEqual(await idsOf(10, keys.slice(0, 1)), ['d-0'], 'deliveries of one address')
      expectEqual(await idsOf(10, [asId('k1:nowhere')]), [], 'deliveries of a strange address')
      expectEqual(await idsOf(10, []), [], 'deliveries of no address')
    },
  ),
  deliveryCase(
    'ofMembers gives the deliveries of the customers in the run, first due first',
    async ({ storage, ours }) => {
      const mine = [3, 1, 2].map((step) =>
        sampleDelivery({ id: `step-${step}`, customerId: 'a', step, dueAt: SAMPLE_NOW + step }),
      )
      const other = sampleDelivery({ id: 'other', customerId: 'b', dueAt: SAMPLE_NOW })
      const otherRun = sampleDelivery({ id: 'run', customerId: 'a', runId: 'run-2' })
      await seedDeliveries(storage, ours, [...mine, other, otherRun])
      const expected = [mine[1], mine[2], mine[0]]
      const of = (...texts: string[]) =>
        storage.deliveries.ofMembers(
          ours,
          RUN,
          texts.map((text) => asId(text)),
        )
      expectEqual(await of('a'), expected, 'deliveries of one')
      expectEqual(await of('a', 'nobody', 'b', 'a'), [other, ...expected], 'deliveries of several')
      expectEqual(await of('nobody'), [], 'deliveries of nobody')
    },
  ),
  deliveryCase('list goes by id to the very end, all or those of a status', async ({ storage, ours }) => {
    const deliveries = UNRULY_IDS.map((id, rank) => sampleDelivery({ id, rank }))
    const elsewhere = sampleDelivery({ id: 'elsewhere', campaignId: 'campaign-2', runId: 'run-2' })
    await seedDeliveries(storage, ours, [...deliveries, elsewhere])
    const claimed = await storage.deliveries.claim(ours, RUN, claimOf({ limit: 5 }))
    const all = [...deliveries.filter((_, rank) => rank >= 5), ...claimed].toSorted((a, b) =>
      byCodePoints(a.id, b.id),
    )
    await expectPages((page) => storage.deliveries.list(ours, CAMPAIGN, {}, page), all, 'all')
    for (const status of ['queued', 'claimed', 'sent'] as const) {
      const expected = all.filter((delivery) => delivery.status === status)
      await expectPages((page) => storage.deliveries.list(ours, CAMPAIGN, { status }, page), expected, status)
    }
  }),
  deliveryCase('counts name every status, over all runs or one', async ({ storage, ours }) => {
    expectEqual(await storage.deliveries.counts(ours, CAMPAIGN), NOTHING, 'counts of no deliveries')
    const second = deliveriesOf(2, { id: 'second', runId: 'run-2' })
    await seedDeliveries(storage, ours, [...deliveriesOf(4), ...second])
    await storage.deliveries.claim(ours, RUN, claimOf({ limit: 1 }))
    const [hold] = await claimAndOpen(storage, ours, claimOf({ limit: 1 }))
    await storage.deliveries.settle(ours, [sentSettlement(expectPresent(hold, 'a hold'))], SAMPLE_NOW)
    await claimAndOpen(storage, ours, claimOf({ limit: 1 }))
    const first = { ...NOTHING, claimed: 1, sent: 1, attempting: 1, queued: 1 }
    expectEqual(await storage.deliveries.counts(ours, CAMPAIGN, RUN), first, 'counts of the run')
    expectEqual(
      await storage.deliveries.counts(ours, CAMPAIGN),
      { ...first, queued: 3 },
      'counts of the campaign',
    )
    expectEqual(
      await storage.deliveries.counts(ours, CAMPAIGN, asId<RunId>('run-3')),
      NOTHING,
      'counts of no run',
    )
  }),
  deliveryCase('reasons count the ends of a status', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(5))
    const holds = await claimAndOpen(storage, ours)
    const ends = [
      ['failed', 'full'],
      ['failed', 'full'],
      ['failed', 'gone'],
      ['skipped', 'budget'],
      ['held', 'doubt'],
    ] as const
    const settlements = ends.map(([status, reason], at) =>
      otherSettlement(expectPresent(holds[at], 'a hold'), status, { reason }),
    )
    await storage.deliveries.settle(ours, settlements, SAMPLE_NOW)
    const reasonsOf = async (status: 'failed' | 'skipped' | 'held' | 'cancelled') => [
      ...(await storage.deliveries.reasons(ours, CAMPAIGN, status)),
    ]
    expectSame(
      await reasonsOf('failed'),
      [
        ['full', 2],
        ['gone', 1],
      ],
      'why they failed',
    )
    expectSame(await reasonsOf('skipped'), [['budget', 1]], 'why they were skipped')
    expectSame(await reasonsOf('held'), [['doubt', 1]], 'why they are held')
    expectSame(await reasonsOf('cancelled'), [], 'why they were cancelled')
  }),
  deliveryCase('nextDue is the earliest due instant or end of a lease', async ({ storage, ours }) => {
    const { deliveries } = storage
    expectEqual(await deliveries.nextDue(ours, RUN), null, 'of no deliveries')
    const late = sampleDelivery({ id: 'late', dueAt: SAMPLE_NOW + 9 * LEASE_MS })
    await seedDeliveries(storage, ours, [late, sampleDelivery({ id: 'now' })])
    expectEqual(await deliveries.nextDue(ours, RUN), SAMPLE_NOW, 'while one is due')
    const [claimed] = await deliveries.claim(ours, RUN, claimOf())
    expectEqual(await deliveries.nextDue(ours, RUN), SAMPLE_NOW + LEASE_MS, 'while one is claimed')
    const hold = holdOf(expectPresent(claimed, 'a claimed delivery'))
    await openWindowOf(storage, ours, [hold], { now: SAMPLE_NOW + 1 })
    expectEqual(await deliveries.nextDue(ours, RUN), SAMPLE_NOW + 1 + LEASE_MS, 'while one is attempting')
    const dueAt = SAMPLE_NOW + 3 * LEASE_MS
    await deliveries.settle(ours, [otherSettlement(hold, 'inDoubt', { dueAt })], SAMPLE_NOW)
    expectEqual(await deliveries.nextDue(ours, RUN), dueAt, 'while one is in doubt')
    const [doubtful] = await deliveries.claimInDoubt(ours, RUN, claimOf({ now: dueAt }))
    expectEqual(await deliveries.nextDue(ours, RUN), dueAt + LEASE_MS, 'while one in doubt is leased')
    const again = holdOf(expectPresent(doubtful, 'a delivery in doubt'))
    await deliveries.settle(ours, [otherSettlement(again, 'held', { attempt: null })], dueAt)
    expectEqual(await deliveries.nextDue(ours, RUN), late.dueAt, 'when that one is settled')
    const end = { status: 'cancelled', reason: 'stopped', now: dueAt, limit: 10 } as const
    await deliveries.endQueued(ours, CAMPAIGN, end)
    expectEqual(await deliveries.nextDue(ours, RUN), null, 'when all are settled')
  }),
  deliveryCase('nextDue of a channel leaves the others out', async ({ storage, ours }) => {
    const { deliveries } = storage
    const late = sampleDelivery({ id: 'late', channel: 'sms', dueAt: SAMPLE_NOW + LEASE_MS })
    await seedDeliveries(storage, ours, [late, sampleDelivery({ id: 'now', channel: 'email' })])
    expectEqual(await deliveries.nextDue(ours, RUN, 'email'), SAMPLE_NOW, 'by e-mail')
    expectEqual(await deliveries.nextDue(ours, RUN, 'sms'), late.dueAt, 'by SMS')
    expectEqual(await deliveries.nextDue(ours, RUN, 'push'), null, 'by push')
  }),
  deliveryCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(1, { segments: ['VIP'] }))
    const claimed = await storage.deliveries.claim(ours, RUN, claimOf())
    const expected: readonly Delivery[] = JSON.parse(JSON.stringify(claimed))
    const [hold] = expected.map(holdOf)
    const { deliveryId } = expectPresent(hold, 'a hold')
    tamperWith(claimed)
    tamperWith(await storage.deliveries.get(ours, [deliveryId]))
    tamperWith(await storage.deliveries.list(ours, CAMPAIGN, {}, { cursor: null, limit: 1 }))
    tamperWith(await storage.deliveries.counts(ours, CAMPAIGN))
    expectEqual(await storage.deliveries.get(ours, [deliveryId]), expected, 'the delivery')
    await openWindowOf(storage, ours, expected.map(holdOf))
    tamperWith(await storage.deliveries.attemptsOf(ours, deliveryId))
    expectEqual((await storage.deliveries.attemptsOf(ours, deliveryId))[0]?.outcome, 'open', 'the attempt')
    expectEqual(await storage.deliveries.counts(ours, CAMPAIGN), { ...NOTHING, attempting: 1 }, 'counts')
  }),
]

/** What keeping and reading mean in a DeliveryStore. */
export const deliveryCases: readonly StorageCase[] = [...appendCases, ...readCases]
