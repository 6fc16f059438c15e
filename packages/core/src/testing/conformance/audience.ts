import { byCodePoints } from '../../base/by-code-points.js'
import type { CustomerId, RunId } from '../../base/ids.js'
import type { Member } from '../../model/member.js'
import { asId } from '../as-id.js'
import { sampleCampaign, sampleMember, sampleRun } from '../samples.js'
import { addressCases } from './addresses.js'
import { armCases } from './arms.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import {
  expectCount,
  expectEqual,
  expectFailure,
  expectFullPages,
  expectPages,
  expectSame,
  tamperWith,
  unreadable,
} from './expectations.js'
import { firstDeliveryCases } from './first-deliveries.js'
import { assignmentsOf, seedMembers } from './member-seeds.js'
import { seedCampaign, UNRULY_IDS } from './seeds.js'

const audienceCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`audience: ${name}`, [], run)
const RUN: RunId = sampleRun().id
const customers = (...texts: readonly string[]): CustomerId[] => texts.map((text) => asId(text))

const memberCases: readonly StorageCase[] = [
  audienceCase('members who are there already stay as they are', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const first = sampleMember({ tags: ['first'] })
    await storage.audience.append(ours, RUN, [first, sampleMember({ tags: ['twice in a call'] })])
    await storage.audience.append(ours, RUN, [
      sampleMember({ tags: ['again'] }),
      sampleMember({ customerId: 'b' }),
    ])
    await storage.audience.append(ours, RUN, [])
    const seen = await storage.audience.get(ours, RUN, customers('customer-1', 'b', 'nobody'))
    expectSame(seen, [first, sampleMember({ customerId: 'b' })], 'members')
    expectEqual(await storage.audience.get(ours, RUN, []), [], 'members among nobody')
  }),
  audienceCase('a customer is a member of each run on its own', async ({ storage, ours }) => {
    const second = sampleRun({ id: 'run-2', occurrence: 'second' })
    await seedCampaign(storage, ours, sampleCampaign(), [sampleRun(), second])
    await storage.audience.append(ours, RUN, [sampleMember()])
    const other = sampleMember({ runId: 'run-2', tags: ['second'] })
    await storage.audience.append(ours, second.id, [other])
    expectEqual(
      await storage.audience.get(ours, second.id, [other.customerId]),
      [other],
      'the member of the second run',
    )
    expectEqual(
      await storage.audience.get(ours, RUN, [other.customerId]),
      [sampleMember()],
      'the member of the first',
    )
  }),
  audienceCase(
    'forget takes the tags of the customers out of every run, and nothing else',
    async (subject) => {
      const { storage, ours } = subject
      const second = sampleRun({ id: 'run-2', occurrence: 'second' })
      await seedCampaign(storage, ours, sampleCampaign(), [sampleRun(), second])
      const tagged = { tags: ['diabetic'], segments: ['Lapsed'] }
      const members = [sampleMember(tagged), sampleMember({ ...tagged, customerId: 'b' })]
      await storage.audience.append(ours, RUN, members)
      await storage.audience.append(ours, second.id, [sampleMember({ ...tagged, runId: 'run-2' })])
      const assigned = members.map((member, rank) => ({ ...member, rank, arm: 'all' }))
      await storage.audience.assign(ours, RUN, assignmentsOf(assigned))
      const countsOf = async () => [
        await storage.audience.counts(ours, RUN),
        await storage.audience.armCounts(ours, RUN),
      ]
      const counts = await countsOf()
      const before = await storage.audience.get(ours, RUN, customers('customer-1', 'b'))
      await storage.audience.forget(ours, customers('customer-1', 'nobody'))
      expectSame(
        await storage.audience.get(ours, RUN, customers('customer-1', 'b')),
        before.map((member) => (member.customerId === 'b' ? member : { ...member, tags: [] })),
        'members of the run',
      )
      const [other] = await storage.audience.get(ours, second.id, customers('customer-1'))
      expectEqual(other?.tags, [], 'tags in the other run')
      expectEqual(await countsOf(), counts, 'counts')
    },
  ),
  audienceCase('append is all or none', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const broken = [sampleMember(), unreadable(sampleMember({ customerId: 'b' }))]
    await expectFailure(() => storage.audience.append(ours, RUN, broken))
    expectEqual(
      await storage.audience.get(ours, RUN, customers('customer-1')),
      [],
      'members after a failed call',
    )
  }),
  audienceCase(
    'byRank goes through the members without exclusion by rank key, then by customer',
    async ({ storage, ours }) => {
      const members = UNRULY_IDS.map((customerId, at) =>
        sampleMember({ customerId, rankKey: `${(at * 7) % 4}f` }),
      )
      const excluded = sampleMember({ customerId: 'x', rankKey: '00', exclusion: 'noConsent' })
      await seedMembers(storage, ours, [...members, excluded])
      const expected = members.toSorted(
        (left, right) =>
          byCodePoints(left.rankKey, right.rankKey) || byCodePoints(left.customerId, right.customerId),
      )
      await expectFullPages(
        (seen, limit) => storage.audience.byRank(ours, RUN, { after: seen.at(-1) ?? null, limit }),
        expected,
        'members',
      )
      expectEqual(
        await storage.audience.byRank(ours, RUN, { after: expected.at(-1) ?? null, limit: 5 }),
        [],
        'members behind the end',
      )
      const between = { rankKey: `${expected[0]?.rankKey}`, customerId: asId<CustomerId>('\u{10FFFF}') }
      expectEqual(
        await storage.audience.byRank(ours, RUN, { after: between, limit: 99 }),
        expected.filter(({ rankKey }) => rankKey > between.rankKey),
        'members behind a place where nobody stands',
      )
    },
  ),
  audienceCase('byRank keeps its order for thousands while they are assigned', async ({ storage, ours }) => {
    const members = Array.from({ length: 3_000 }, (_, at) => sampleMember({ customerId: `c-${at}` }))
    await seedMembers(storage, ours, members)
    const ranked: Member[] = []
    while (ranked.length < members.length) {
      const page = await storage.audience.byRank(ours, RUN, { after: ranked.at(-1) ?? null, limit: 999 })
      const assigned = page.map((member, at) => ({ ...member, rank: ranked.length + at, arm: 'all' }))
      await storage.audience.assign(ours, RUN, assignmentsOf(assigned))
      ranked.push(...assigned)
    }
    expectEqual(
      await storage.audience.byRank(ours, RUN, { after: null, limit: 10_000 }),
      ranked,
      'members once ranked',
    )
    const keys = ranked.map(({ rankKey }) => rankKey)
    expectEqual(keys, keys.toSorted(byCodePoints), 'rank keys')
  }),
  audienceCase('assign sets rank and arm once', async ({ storage, ours }) => {
    await seedMembers(storage, ours, [sampleMember()])
    const { customerId } = sampleMember()
    await storage.audience.assign(ours, RUN, [{ customerId, rank: 7, arm: 'plain' }])
    await storage.audience.assign(ours, RUN, [{ customerId, rank: 8, arm: 'emoji' }])
    await storage.audience.assign(ours, RUN, [])
    const expected = sampleMember({ rank: 7, arm: 'plain' })
    expectEqual(await storage.audience.get(ours, RUN, [customerId]), [expected], 'the member')
  }),
  audienceCase('assign is all or none', async ({ storage, ours }) => {
    await seedMembers(storage, ours, [sampleMember(), sampleMember({ customerId: 'b' })])
    const assignments = customers('customer-1', 'b').map((customerId) => ({
      customerId,
      rank: 1,
      arm: 'plain',
    }))
    const [first, second] = expectCount(assignments, 2, 'assignments')
    await expectFailure(() => storage.audience.assign(ours, RUN, [first, unreadable(second)]))
    expectEqual(await storage.audience.get(ours, RUN, [first.customerId]), [sampleMember()], 'the member')
  }),
  audienceCase(
    'list goes by customer id to the very end, all or those with an exclusion or an arm',
    async ({ storage, ours }) => {
      const members = UNRULY_IDS.map((customerId, at) =>
        at % 3 === 0
          ? sampleMember({ customerId, exclusion: at % 2 === 0 ? 'noConsent' : 'suppressed' })
          : sampleMember({ customerId, rank: at, arm: at % 3 === 1 ? 'plain' : 'holdout' }),
      )
      await seedMembers(storage, ours, members)
      const sorted = members.toSorted((left, right) => byCodePoints(left.customerId, right.customerId))
      await expectPages((page) => storage.audience.list(ours, RUN, {}, page), sorted, 'all')
      for (const arm of ['plain', 'holdout', 'none such']) {
        const expected = sorted.filter((member) => member.arm === arm)
        await expectPages((page) => storage.audience.list(ours, RUN, { arm }, page), expected, `arm ${arm}`)
      }
      for (const exclusion of ['noConsent', 'suppressed', 'erased'] as const) {
        const expected = sorted.filter((member) => member.exclusion === exclusion)
        await expectPages(
          (page) => storage.audience.list(ours, RUN, { exclusion }, page),
          expected,
          exclusion,
        )
      }
    },
  ),
  audienceCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    const member = sampleMember({ rank: 0, arm: 'plain', segments: ['Lapsed'] })
    const expected: unknown = JSON.parse(JSON.stringify(member))
    await seedMembers(storage, ours, [member])
    tamperWith(await storage.audience.get(ours, RUN, [member.customerId]))
    tamperWith(await storage.audience.byRank(ours, RUN, { after: null, limit: 1 }))
    tamperWith(await storage.audience.list(ours, RUN, {}, { cursor: null, limit: 1 }))
    tamperWith(await storage.audience.membershipsOf(ours, [member.customerId]))
    tamperWith(await storage.audience.counts(ours, RUN))
    tamperWith(await storage.audience.armCounts(ours, RUN))
    tamperWith(await storage.audience.segmentCounts(ours, RUN))
    tamperWith(await storage.audience.armsOf(ours, asId('campaign-1'), asId('run-2'), [member.customerId]))
    expectEqual(await storage.audience.get(ours, RUN, customers('customer-1')), [expected], 'the member')
    const arms = await storage.audience.armsOf(
      ours,
      asId('campaign-1'),
      asId('run-2'),
      customers('customer-1'),
    )
    expectEqual([...arms], [['customer-1', 'plain']], 'arms')
    expectEqual((await storage.audience.counts(ours, RUN)).recipients, 1, 'recipients')
  }),
]

/** What an AudienceStore means. */
export const audienceCases: readonly StorageCase[] = [
  ...addressCases,
  ...memberCases,
  ...firstDeliveryCases,
  ...armCases,
]
