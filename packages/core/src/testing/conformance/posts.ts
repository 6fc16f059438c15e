import type { CustomerId } from '../../base/ids.js'
import { PUBLIC_ARM } from '../../model/experiment.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleAttribution, sampleDelivery, sampleEvent, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectPresent, expectSame } from './expectations.js'
import { claimOf, holdOf, seedCampaign, sentSettlement, windowEntryOf } from './seeds.js'

const postCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`posts: ${name}`, [], run)

const RUN = sampleRun().id
const CAMPAIGN = sampleRun().campaignId

const post = (id: string, overrides: Parameters<typeof sampleDelivery>[0] = {}) =>
  sampleDelivery({ id, channel: 'social', arm: PUBLIC_ARM, placement: 'page', ...overrides })

const CLAIM = claimOf({ channel: 'social' })

/** What deliveries without a customer mean in a storage: those that are put in public. */
export const postCases: readonly StorageCase[] = [
  postCase('append puts up one a run, step, channel and placement', async ({ storage, ours, theirs }) => {
    const first = post('first')
    const others = [
      post('placement', { placement: 'group' }),
      post('channel', { channel: 'display' }),
      post('step', { step: 1 }),
      post('run', { runId: 'run-2' }),
      sampleDelivery({ id: 'message', customerId: 'page', channel: 'social' }),
    ]
    const double = post('double', { rank: 9 })
    await storage.deliveries.append(ours, [first, double, ...others])
    await storage.deliveries.append(ours, [double, ...others])
    await storage.deliveries.append(theirs, [first])
    const kept = await allPages((page) => storage.deliveries.list(ours, CAMPAIGN, {}, page))
    expectSame(kept, [first, ...others], 'deliveries')
    expectEqual(await storage.deliveries.get(theirs, [first.id]), [first], 'that of the others')
    const ofCustomer = await storage.deliveries.ofMembers(ours, RUN, [asId<CustomerId>('page')])
    expectSame(
      ofCustomer.map(({ id }) => id),
      ['message'],
      'deliveries of a customer',
    )
  }),
  postCase(
    'are claimed, attempted without an address and settled like messages',
    async ({ storage, ours }) => {
      const { deliveries } = storage
      await deliveries.append(ours, [post('one'), post('two', { placement: 'group', rank: 1 })])
      const claimed = await deliveries.claim(ours, RUN, CLAIM)
      expectEqual(
        claimed.map(({ id, customerId, placement }) => [id, customerId, placement]),
        [
          ['one', null, 'page'],
          ['two', null, 'group'],
        ],
        'claimed deliveries',
      )
      const holds = claimed.map(holdOf)
      const entries = holds.map((hold) => ({ ...windowEntryOf(hold), addressKey: null }))
      const at = { worker: CLAIM.worker, now: SAMPLE_NOW, leaseUntil: SAMPLE_NOW + 1_000 }
      expectSame(await deliveries.openWindow(ours, entries, at), ['one', 'two'], 'opened deliveries')
      const hold = expectPresent(holds[0], 'a hold')
      await deliveries.settle(ours, [sentSettlement(hold)], SAMPLE_NOW)
      const [sent] = await deliveries.get(ours, [hold.deliveryId])
      expectEqual(
        [sent?.status, sent?.customerId, sent?.addressKey, sent?.placement],
        ['sent', null, null, 'page'],
        'the sent one',
      )
      const later = { ...CLAIM, now: SAMPLE_NOW + 1_000 }
      const doubtful = await deliveries.claimInDoubt(ours, RUN, later)
      expectEqual(
        doubtful.map(({ id, placement }) => [id, placement]),
        [['two', 'group']],
        'those in doubt',
      )
    },
  ),
  postCase('are ended with their campaign, and counted as nobody’s', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    await storage.deliveries.append(ours, [post('one')])
    const end = { status: 'cancelled', reason: 'stopped', now: SAMPLE_NOW, limit: 10 } as const
    expectEqual(await storage.deliveries.endQueued(ours, CAMPAIGN, end), 1, 'ended deliveries')
    const attributions = [sampleAttribution({ arm: PUBLIC_ARM, channel: 'social' })]
    const click = (key: string) =>
      sampleEvent({ key, type: 'clicked', customerId: null, deliveryId: 'one', attributions })
    await storage.events.append(ours, [click('a'), click('b')])
    const counters = await storage.events.counters(ours, CAMPAIGN)
    const of = (type: string) => {
      const cell = counters.find(
        (each) => each.type === type && each.channel === 'social' && each.segment === null,
      )
      return [cell?.arm, cell?.total, cell?.members]
    }
    expectEqual(of('clicked'), [PUBLIC_ARM, 2, 0], 'clicks')
    expectEqual(of('cancelled'), [PUBLIC_ARM, 1, 0], 'cancellations')
    const listed = await allPages((page) =>
      storage.events.list(ours, CAMPAIGN, { deliveryId: asId('one') }, page),
    )
    expectEqual(
      listed.map(({ customerId }) => customerId),
      [null, null, null],
      'whose events they are',
    )
  }),
]
