import { byCodePoints } from '../../base/by-code-points.js'
import type { DeliveryId } from '../../base/ids.js'
import { type Delivery, queuedDelivery } from '../../model/delivery.js'
import type { Member } from '../../model/member.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import { type FirstDeliveries, firstDeliveryId } from '../../ports/storage/freezing-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleMember, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectFailure, expectRefusal, expectSame } from './expectations.js'
import { placeAll, placementsOf, planIn, plannedOf, ranked } from './member-seeds.js'
import { seedCampaign, UNRULY_IDS } from './seeds.js'

const freezingCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`freezing: ${name}`, [], run)
const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const FIRST: FirstDeliveries = { campaignId: CAMPAIGN, arms: ['plain', 'emoji'], channels: 'all' }

/** Puts the campaign with its run there, planned with these members. */
async function seedPlanned(storage: Storage, scope: Scope, members: readonly Member[]): Promise<Run> {
  await seedCampaign(storage, scope)
  return planIn(storage, scope, RUN, members.map(plannedOf))
}

const membersIn = (storage: Storage, scope: Scope) =>
  allPages((page) => storage.audience.list(scope, RUN, {}, page))
const deliveriesIn = (storage: Storage, scope: Scope) =>
  allPages((page) => storage.deliveries.list(scope, CAMPAIGN, {}, page))

/** The first deliveries of a member on its channels. */
function firstOf(member: Member, rank: number, arm: string): readonly Delivery[] {
  const { runId, customerId, channels, segments, dueAt } = member
  return channels.map((channel) => {
    const id = firstDeliveryId(runId, rank, channel) as DeliveryId
    const place = { id, runId, campaignId: CAMPAIGN, customerId, step: 0, channel, arm, rank, segments }
    return queuedDelivery({ ...place, dueAt, firstDueAt: dueAt })
  })
}

/** A member whose place in the order of ranks is told by its name, `1a` before `2a`. */
const inOrder = (customerId: string, more: Parameters<typeof sampleMember>[0] = {}): Member =>
  sampleMember({ customerId, rankKey: customerId, ...more })

const rankCases: readonly StorageCase[] = [
  freezingCase(
    'place ranks by rank key, then by customer, and ranks no excluded',
    async ({ storage, ours }) => {
      const members = [
        ...UNRULY_IDS.map((customerId, at) =>
          sampleMember({ customerId, rankKey: `${((at * 7) % 4) * 4}f` }),
        ),
        sampleMember({ customerId: 'x', rankKey: '00', exclusion: 'noConsent' }),
        sampleMember({ customerId: 'y', rankKey: 'ff', exclusion: 'erased' }),
      ]
      const run = await seedPlanned(storage, ours, members)
      await placeAll(storage, ours, run)
      expectSame(await membersIn(storage, ours), ranked(members), 'members')
      expectEqual(
        (await storage.audience.counts(ours, RUN)).excluded,
        { noConsent: 1, erased: 1 },
        'excluded',
      )
    },
  ),
  freezingCase(
    'place keeps the order of rank keys for thousands, page by page',
    async ({ storage, ours }) => {
      const members = Array.from({ length: 3_000 }, (_, at) => sampleMember({ customerId: `c-${at}` }))
      await seedCampaign(storage, ours)
      let run = await planIn(storage, ours, RUN, [])
      for (let from = 0; from < members.length; from += 700)
        run = await planIn(storage, ours, RUN, members.slice(from, from + 700).map(plannedOf))
      await placeAll(storage, ours, run)
      const placed = [...(await membersIn(storage, ours))].sort(
        (left, right) => Number(left.rank) - Number(right.rank),
      )
      expectEqual(
        placed.map(({ rank }) => rank),
        members.map((_, at) => at),
        'ranks',
      )
      const keys = placed.map(({ rankKey }) => rankKey)
      expectEqual(keys, keys.toSorted(byCodePoints), 'rank keys in order of rank')
    },
  ),
  freezingCase(
    'place gives each lane its arms in order of rank, and leaves to others what they keep',
    async ({ storage, ours }) => {
      const planned = [
        { ...plannedOf(inOrder('1a')), lane: 'one' },
        { ...plannedOf(inOrder('2a')), lane: 'two' },
        plannedOf(inOrder('3a', { arm: 'emoji' })),
        { ...plannedOf(inOrder('4a')), lane: 'one' },
        plannedOf(inOrder('5a', { arm: 'remainder' })),
        plannedOf(inOrder('6a', { exclusion: 'noConsent' })),
        { ...plannedOf(inOrder('7a')), lane: 'two' },
        { ...plannedOf(inOrder('8a')), lane: 'one' },
      ]
      await seedCampaign(storage, ours)
      const run = await planIn(storage, ours, RUN, planned)
      const arms = new Map([
        ['one', ['plain', 'it\'s "1"', 'holdout']],
        ['two', ['emoji', 'remainder']],
      ])
      await placeAll(storage, ours, run, { firstRank: 5, arms, remainderArm: 'decided' })
      expectEqual(
        (await membersIn(storage, ours)).map(({ customerId, rank, arm }) => [customerId, rank, arm]),
        [
          ['1a', 5, 'plain'],
          ['2a', 6, 'emoji'],
          ['3a', 7, 'emoji'],
          ['4a', 8, 'it\'s "1"'],
          ['5a', 9, 'decided'],
          ['6a', null, null],
          ['7a', 10, 'remainder'],
          ['8a', 11, 'holdout'],
        ],
        'ranks and arms',
      )
    },
  ),
  freezingCase('place gives no arm in a lane that is not named', async ({ storage, ours }) => {
    const run = await seedPlanned(storage, ours, [inOrder('1a'), inOrder('2a', { exclusion: 'noConsent' })])
    for (const placement of await placementsOf(storage, ours, RUN, { first: FIRST }))
      await storage.freezing.place(ours, run, { ...placement, arms: new Map() })
    const placed = (await membersIn(storage, ours)).map(({ customerId, arm, exclusion }) => [
      customerId,
      arm,
      exclusion,
    ])
    expectEqual(
      placed,
      [
        ['1a', null, null],
        ['2a', null, 'noConsent'],
      ],
      'members',
    )
    expectEqual(await deliveriesIn(storage, ours), [], 'deliveries')
  }),
]

const firstCases: readonly StorageCase[] = [
  freezingCase(
    'place queues what members are sent first, on every channel, and nothing for other arms',
    async ({ storage, ours }) => {
      const more = {
        channels: ['sms', 'email'] as const,
        segments: ['Lapsed', 'stratum:/"a" \\, {b}'],
        dueAt: SAMPLE_NOW + 7,
      }
      const [a, b, c, none] = [
        inOrder('1a', { ...more, arm: 'plain' }),
        inOrder('2a', { arm: 'emoji' }),
        inOrder('3a', { arm: 'holdout' }),
        inOrder('4a', { arm: 'plain', channels: [] }),
      ]
      const excluded = inOrder('5a', { exclusion: 'noConsent' })
      const run = await seedPlanned(storage, ours, [a, b, c, none, excluded])
      await placeAll(storage, ours, run, { first: FIRST })
      const expected = [...firstOf(a, 0, 'plain'), ...firstOf(b, 1, 'emoji')]
      expectSame(await deliveriesIn(storage, ours), expected, 'deliveries')
      expectSame(
        await storage.deliveries.ofMembers(ours, RUN, [a.customerId]),
        firstOf(a, 0, 'plain'),
        'of a member',
      )
      expectEqual((await storage.deliveries.counts(ours, CAMPAIGN)).queued, 3, 'deliveries that are queued')
      expectEqual((await storage.deliveries.counts(ours, CAMPAIGN, RUN)).queued, 3, 'those of the run')
    },
  ),
  freezingCase('place queues on the first channel alone where it is asked so', async ({ storage, ours }) => {
    const member = inOrder('1a', { arm: 'plain', channels: ['sms', 'email'] })
    const run = await seedPlanned(storage, ours, [member, inOrder('2a', { arm: 'plain', channels: [] })])
    await placeAll(storage, ours, run, { first: { ...FIRST, channels: 'first' } })
    const expected = firstOf({ ...member, channels: ['sms'] }, 0, 'plain')
    expectSame(await deliveriesIn(storage, ours), expected, 'deliveries')
  }),
  freezingCase('a place that was given is not given again by an append', async ({ storage, ours }) => {
    const member = inOrder('1a', { arm: 'plain' })
    const run = await seedPlanned(storage, ours, [member])
    await placeAll(storage, ours, run, { first: FIRST })
    const [first] = firstOf(member, 0, 'plain')
    const fallback = sampleDelivery({ id: 'fallback', customerId: '1a', channel: 'sms' })
    await storage.deliveries.append(ours, [
      sampleDelivery({ id: 'again', customerId: '1a', channel: 'email' }),
      fallback,
      sampleDelivery({ id: 'fallback again', customerId: '1a', channel: 'sms' }),
    ])
    expectSame(await deliveriesIn(storage, ours), [first, fallback], 'deliveries')
    expectSame(
      await storage.deliveries.ofMembers(ours, RUN, [member.customerId]),
      [first, fallback],
      'of the member',
    )
  }),
]

const repeatCases: readonly StorageCase[] = [
  freezingCase('a slice that was placed stays as it is', async ({ storage, ours }) => {
    const members = Array.from({ length: 40 }, (_, at) =>
      sampleMember({ customerId: `c-${at}`, arm: 'plain' }),
    )
    const run = await seedPlanned(storage, ours, members)
    const placements = await placementsOf(storage, ours, RUN, { first: FIRST })
    for (const placement of placements) await storage.freezing.place(ours, run, placement)
    const before = [await membersIn(storage, ours), await deliveriesIn(storage, ours)]
    for (const placement of placements)
      await storage.freezing.place(ours, run, { ...placement, firstRank: 99, remainderArm: 'other' })
    expectEqual([await membersIn(storage, ours), await deliveriesIn(storage, ours)], before, 'rows')
    const left = (await storage.freezing.sizes(ours, RUN)).map(({ kept }) => kept)
    expectEqual(
      left.filter((kept) => kept > 0),
      [],
      'who is left',
    )
  }),
  freezingCase('place of a run that somebody has moved makes no members', async ({ storage, ours }) => {
    const run = await seedPlanned(storage, ours, [inOrder('1a', { arm: 'plain' })])
    for (const version of [run.version - 1, run.version + 1])
      await expectRefusal(placeAll(storage, ours, { ...run, version }, { first: FIRST }), 'VERSION_CONFLICT')
    expectEqual(await membersIn(storage, ours), [], 'members')
    expectEqual(await deliveriesIn(storage, ours), [], 'deliveries')
  }),
  freezingCase('members and what they are sent are placed all or none', async ({ storage, ours }) => {
    const members = [inOrder('1a', { arm: 'plain' }), inOrder('1b', { arm: 'plain', rankKey: '1a' })]
    const run = await seedPlanned(storage, ours, members)
    const taken = sampleDelivery({ id: firstDeliveryId(RUN, 1, 'email'), customerId: 'somebody else' })
    await storage.deliveries.append(ours, [taken])
    await expectFailure(() => placeAll(storage, ours, run, { first: FIRST }))
    expectEqual(await membersIn(storage, ours), [], 'members')
    expectEqual(await deliveriesIn(storage, ours), [taken], 'deliveries')
    await placeAll(storage, ours, run, { firstRank: 2, first: FIRST })
    expectEqual((await membersIn(storage, ours)).length, 2, 'members that were still planned')
  }),
  freezingCase(
    'of several who place one run at once each member is placed once',
    async ({ storage, ours }) => {
      const members = Array.from({ length: 200 }, (_, at) =>
        sampleMember({ customerId: `c-${at}`, arm: 'plain' }),
      )
      const run = await seedPlanned(storage, ours, members)
      const placements = await placementsOf(storage, ours, RUN, { first: FIRST })
      const worker = async () => {
        for (const placement of placements) await storage.freezing.place(ours, run, placement)
      }
      await Promise.all([worker(), worker(), worker(), worker()])
      const placed = await membersIn(storage, ours)
      expectEqual(placed.length, 200, 'members')
      expectEqual((await deliveriesIn(storage, ours)).length, 200, 'deliveries')
    },
  ),
]

/** What placing the members of a run means in a FreezingStore. */
export const placementCases: readonly StorageCase[] = [...rankCases, ...firstCases, ...repeatCases]
