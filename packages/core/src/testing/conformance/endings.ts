import type { DeliveryStatus } from '../../model/delivery.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import { allPages, expectEqual, expectSame } from './expectations.js'
import { eventsOf } from './ledger-reads.js'
import { claimAndOpen, claimOf, deliveriesOf, LEASE_MS, seedDeliveries } from './seeds.js'

const settleCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries: ${name}`, [], run)
const RUN = sampleRun().id
const CAMPAIGN = sampleRun().campaignId
const LATER = SAMPLE_NOW + 1_000

/** What ending the queued means in a DeliveryStore. */
export const endingCases: readonly StorageCase[] = [
  settleCase(
    'endQueued ends what waits and what a dead worker left, up to the limit',
    async ({ storage, ours }) => {
      await seedDeliveries(storage, ours, deliveriesOf(8))
      await claimAndOpen(storage, ours, claimOf({ limit: 1 }))
      await storage.deliveries.claim(ours, RUN, claimOf({ limit: 1, leaseMs: 10 * LEASE_MS }))
      await storage.deliveries.claim(ours, RUN, claimOf({ limit: 2 }))
      const now = SAMPLE_NOW + LEASE_MS
      const end = { status: 'cancelled', reason: 'stopped', now, limit: 4 } as const
      expectEqual(await storage.deliveries.endQueued(ours, CAMPAIGN, end), 4, 'ended by the first call')
      expectEqual(await storage.deliveries.endQueued(ours, CAMPAIGN, end), 2, 'ended by the second')
      expectEqual(await storage.deliveries.endQueued(ours, CAMPAIGN, end), 0, 'ended by the third')
      const counts = await storage.deliveries.counts(ours, CAMPAIGN)
      expectEqual(
        [counts.cancelled, counts.attempting, counts.claimed, counts.queued],
        [6, 1, 1, 0],
        'deliveries',
      )
      const ended = await allPages((page) =>
        storage.deliveries.list(ours, CAMPAIGN, { status: 'cancelled' }, page),
      )
      for (const delivery of ended) {
        expectEqual(
          [delivery.reason, delivery.settledAt, delivery.lease],
          ['stopped', now, null],
          delivery.id,
        )
      }
    },
  ),
  settleCase(
    'endQueued records an event for each, counted where the delivery belongs',
    async ({ storage, ours }) => {
      const delivery = sampleDelivery({ arm: 'plain', segments: ['VIP'], dueAt: SAMPLE_NOW + LEASE_MS })
      await seedDeliveries(storage, ours, [delivery])
      const end = { status: 'skipped', reason: 'campaignEnded', now: LATER, limit: 10 } as const
      await storage.deliveries.endQueued(ours, CAMPAIGN, end)
      const [event, ...more] = await eventsOf(storage, ours)
      expectEqual(more, [], 'more events')
      expectEqual([event?.key, event?.type, event?.at], ['skipped:delivery-1', 'skipped', LATER], 'the event')
      expectEqual([event?.deliveryId, event?.customerId], [delivery.id, delivery.customerId], 'whose it is')
      const { campaignId, runId, arm, channel, segments } = delivery
      expectEqual(event?.attributions, [{ campaignId, runId, arm, channel, segments }], 'where it counts')
      const counters = await storage.events.counters(ours, CAMPAIGN)
      expectSame(counters, foldCounters(await eventsOf(storage, ours), CAMPAIGN), 'counters')
    },
  ),
  settleCase('endQueued leaves other campaigns alone', async ({ storage, ours }) => {
    const other = sampleDelivery({ campaignId: 'campaign-2', runId: 'run-2' })
    await seedDeliveries(storage, ours, [other])
    const end = { status: 'cancelled', reason: 'stopped', now: LATER, limit: 10 } as const
    expectEqual(await storage.deliveries.endQueued(ours, CAMPAIGN, end), 0, 'ended')
    expectEqual(await storage.deliveries.get(ours, [other.id]), [other], 'the other')
  }),
  settleCase('endQueued and claims at once never both get a delivery', async ({ storage, ours }) => {
    await seedDeliveries(storage, ours, deliveriesOf(60))
    const end = { status: 'cancelled', reason: 'stopped', now: SAMPLE_NOW, limit: 10 } as const
    const calls = Array.from({ length: 6 }, async () => {
      const ended = await storage.deliveries.endQueued(ours, CAMPAIGN, end)
      const claimed = await storage.deliveries.claim(ours, RUN, claimOf({ limit: 5 }))
      return { ended, claimed: claimed.length }
    })
    const sums = await Promise.all(calls)
    const statuses: readonly DeliveryStatus[] = ['cancelled', 'claimed', 'queued']
    const counts = await storage.deliveries.counts(ours, CAMPAIGN)
    const sum = (part: 'ended' | 'claimed') => sums.reduce((total, each) => total + each[part], 0)
    const [ended, claimed] = [sum('ended'), sum('claimed')]
    expectEqual(
      statuses.map((status) => counts[status]),
      [ended, claimed, 60 - ended - claimed],
      'counts',
    )
  }),
]
