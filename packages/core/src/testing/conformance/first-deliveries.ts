import type { CustomerId, RunId } from '../../base/ids.js'
import type { Delivery } from '../../model/delivery.js'
import { queuedDelivery } from '../../model/delivery.js'
import type { Member } from '../../model/member.js'
import type { Scope } from '../../model/scope.js'
import type { FirstDeliveries } from '../../ports/storage/audience-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleMember, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectFailure, expectSame, expectThat } from './expectations.js'
import { seedMembers } from './member-seeds.js'

const audienceCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`audience: ${name}`, [], run)

const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const FIRST: FirstDeliveries = { campaignId: CAMPAIGN, arms: ['plain'], channels: 'all', idPrefix: 'first' }

const member = (customerId: string, more: Partial<Member> = {}): Member =>
  sampleMember({
    customerId,
    channels: ['sms', 'email'],
    segments: ['Lapsed', 'stratum:/"a" \\, {b}'],
    dueAt: SAMPLE_NOW + 7,
    ...more,
  })

const to = (customerId: string, rank: number, arm: string) => ({
  customerId: asId<CustomerId>(customerId),
  rank,
  arm,
})

/** Every delivery of the campaign, by place, without its id. */
async function queuedIn(storage: Storage, scope: Scope): Promise<readonly Omit<Delivery, 'id'>[]> {
  const all = await allPages((page) => storage.deliveries.list(scope, CAMPAIGN, {}, page))
  expectEqual(new Set(all.map(({ id }) => id)).size, all.length, 'ids of deliveries')
  return all.map(({ id: _id, ...rest }) => rest)
}

const expectedFirst = (of: Member, rank: number, arm: string, channel: Delivery['channel']) => {
  const { runId, customerId, segments, dueAt } = of
  const place = { campaignId: CAMPAIGN, runId, customerId, segments, dueAt, firstDueAt: dueAt, step: 0 }
  const { id: _id, ...rest } = queuedDelivery({ ...place, id: asId(''), rank, arm, channel })
  return rest
}

/** What `AudienceStore.assign` queues. */
export const firstDeliveryCases: readonly StorageCase[] = [
  audienceCase(
    'assign queues what members are sent first, on every channel, and nothing for other arms',
    async ({ storage, ours }) => {
      const [a, b] = [member('a'), member('b', { channels: ['email'] })]
      await seedMembers(storage, ours, [a, b, member('c'), member('d'), member('none', { channels: [] })])
      const outside = sampleMember({ customerId: 'x', exclusion: 'noConsent' })
      await storage.audience.append(ours, RUN, [outside])
      const assignments = [
        to('b', 0, 'plain'),
        to('c', 1, 'holdout'),
        to('a', 2, 'plain'),
        to('none', 3, 'plain'),
        to('x', 4, 'plain'),
        to('nobody', 5, 'plain'),
      ]
      await storage.audience.assign(ours, RUN, assignments, FIRST)
      const expected = [
        expectedFirst(a, 2, 'plain', 'sms'),
        expectedFirst(a, 2, 'plain', 'email'),
        expectedFirst(b, 0, 'plain', 'email'),
      ]
      expectSame(await queuedIn(storage, ours), expected, 'deliveries')
      const ids: CustomerId[] = ['a', 'b', 'c', 'd', 'none', 'x'].map((id) => asId(id))
      const given = (await storage.audience.get(ours, RUN, ids)).map(({ customerId, rank, arm }) => [
        customerId,
        rank,
        arm,
      ])
      expectSame(
        given,
        [
          ['a', 2, 'plain'],
          ['b', 0, 'plain'],
          ['c', 1, 'holdout'],
          ['d', null, null],
          ['none', 3, 'plain'],
          ['x', null, null],
        ],
        'places and arms',
      )
    },
  ),
  audienceCase('assign queues on the first channel alone where it is asked so', async ({ storage, ours }) => {
    const [a, none] = [member('a'), member('none', { channels: [] })]
    await seedMembers(storage, ours, [a, none])
    const assignments = [to('a', 0, 'plain'), to('none', 1, 'plain')]
    await storage.audience.assign(ours, RUN, assignments, { ...FIRST, channels: 'first' })
    expectSame(await queuedIn(storage, ours), [expectedFirst(a, 0, 'plain', 'sms')], 'deliveries')
  }),
  audienceCase(
    'assign queues under the place and the arm that a member has already, and nothing twice',
    async ({ storage, ours }) => {
      const [a, b, c, d] = [member('a'), member('b'), member('c'), member('d')]
      await seedMembers(storage, ours, [a, b, c, d])
      await storage.audience.assign(ours, RUN, [to('a', 5, 'emoji'), to('b', 6, 'plain')])
      const first = { ...FIRST, arms: ['plain', 'emoji'], channels: 'first' } as const
      await storage.audience.assign(ours, RUN, [to('c', 7, 'plain')], { ...first, idPrefix: 'early' })
      const assignments = [
        to('a', 0, 'plain'),
        to('b', 1, 'holdout'),
        to('c', 2, 'emoji'),
        to('d', 3, 'plain'),
      ]
      await storage.audience.assign(ours, RUN, assignments, first)
      await storage.audience.assign(ours, RUN, assignments, { ...first, idPrefix: 'again' })
      await storage.audience.assign(ours, RUN, [], { ...first, idPrefix: 'empty' })
      const expected = [
        expectedFirst(a, 5, 'emoji', 'sms'),
        expectedFirst(b, 6, 'plain', 'sms'),
        expectedFirst(c, 7, 'plain', 'sms'),
        expectedFirst(d, 3, 'plain', 'sms'),
      ]
      expectSame(await queuedIn(storage, ours), expected, 'deliveries')
    },
  ),
  audienceCase('assign and what it queues are all or none', async ({ storage, ours }) => {
    await seedMembers(storage, ours, [member('a')])
    const taken = sampleDelivery({ id: `${FIRST.idPrefix}-0`, customerId: 'somebody else' })
    await storage.deliveries.append(ours, [taken])
    await expectFailure(() => storage.audience.assign(ours, RUN, [to('a', 0, 'plain')], FIRST))
    const [after] = await storage.audience.get(ours, RUN, [asId('a')])
    expectEqual([after?.rank, after?.arm], [null, null], 'place and arm')
    expectEqual((await queuedIn(storage, ours)).length, 1, 'deliveries')
  }),
  audienceCase('assign of two workers at once queues each delivery once', async ({ storage, ours }) => {
    const members = Array.from({ length: 50 }, (_, at) => member(`c-${at}`))
    await seedMembers(storage, ours, members)
    const assignments = members.map(({ customerId }, rank) => ({ customerId, rank, arm: 'plain' }))
    const orders = [assignments, assignments.toReversed(), assignments, assignments.toReversed()]
    await Promise.all(
      orders.map((order, worker) =>
        storage.audience.assign(ours, RUN, order, { ...FIRST, idPrefix: `worker ${worker}` }),
      ),
    )
    const expected = members.flatMap((each, rank) =>
      each.channels.map((channel) => expectedFirst(each, rank, 'plain', channel)),
    )
    expectSame(await queuedIn(storage, ours), expected, 'deliveries')
  }),
  audienceCase('reaches counts the members without exclusion', async ({ storage, ours }) => {
    const members = ['a', 'b', 'c'].map((customerId) => sampleMember({ customerId }))
    const run: RunId = RUN
    expectThat(!(await storage.audience.reaches(ours, run, 1)), 'nobody in an empty run', true)
    await seedMembers(storage, ours, [...members, sampleMember({ customerId: 'x', exclusion: 'noConsent' })])
    const answers = await Promise.all([0, 1, 3, 4].map((count) => storage.audience.reaches(ours, run, count)))
    expectEqual(answers, [true, true, true, false], 'whether there are 0, 1, 3 and 4')
  }),
]
