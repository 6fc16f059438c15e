import { byCodePoints } from '../../base/by-code-points.js'
import type { CustomerId, RunId } from '../../base/ids.js'
import { asId } from '../as-id.js'
import { sampleCampaign, sampleMember, sampleRun } from '../samples.js'
import { addressCases } from './addresses.js'
import { armCases } from './arms.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectPages, expectSame, tamperWith } from './expectations.js'
import { freezeMembers, seedMembers } from './member-seeds.js'
import { seedCampaign, UNRULY_IDS } from './seeds.js'

const audienceCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`audience: ${name}`, [], run)
const RUN: RunId = sampleRun().id
const customers = (...texts: readonly string[]): CustomerId[] => texts.map((text) => asId(text))

const memberCases: readonly StorageCase[] = [
  audienceCase('a customer is a member of each run on its own', async ({ storage, ours }) => {
    const second = sampleRun({ id: 'run-2', occurrence: 'second' })
    await seedCampaign(storage, ours, sampleCampaign(), [sampleRun(), second])
    const first = await freezeMembers(storage, ours, RUN, [sampleMember(), sampleMember({ customerId: 'b' })])
    const other = sampleMember({ runId: 'run-2', tags: ['second'] })
    const others = await freezeMembers(storage, ours, second.id, [other])
    expectEqual(
      await storage.audience.get(ours, second.id, [other.customerId]),
      others,
      'the member of the second run',
    )
    const ids = customers('customer-1', 'b', 'nobody')
    expectSame(await storage.audience.get(ours, RUN, ids), first, 'the members of the first')
    expectEqual(await storage.audience.get(ours, RUN, []), [], 'members among nobody')
  }),
  audienceCase(
    'forget takes the tags of the customers out of every run, and nothing else',
    async (subject) => {
      const { storage, ours } = subject
      const second = sampleRun({ id: 'run-2', occurrence: 'second' })
      await seedCampaign(storage, ours, sampleCampaign(), [sampleRun(), second])
      const tagged = { tags: ['diabetic'], segments: ['Lapsed'] }
      const members = [sampleMember(tagged), sampleMember({ ...tagged, customerId: 'b' })]
      await freezeMembers(storage, ours, RUN, members)
      await freezeMembers(storage, ours, second.id, [sampleMember({ ...tagged, runId: 'run-2' })])
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
  audienceCase(
    'list goes by customer id to the very end, all or those with an exclusion or an arm',
    async ({ storage, ours }) => {
      const members = UNRULY_IDS.map((customerId, at) =>
        at % 3 === 0
          ? sampleMember({ customerId, exclusion: at % 2 === 0 ? 'noConsent' : 'suppressed' })
          : sampleMember({ customerId, rank: at, arm: at % 3 === 1 ? 'plain' : 'holdout' }),
      )
      const sorted = (await seedMembers(storage, ours, members)).toSorted((left, right) =>
        byCodePoints(left.customerId, right.customerId),
      )
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
    const member = sampleMember({ arm: 'plain', rank: 0, segments: ['Lapsed'] })
    const expected: unknown = JSON.parse(JSON.stringify(member))
    await seedMembers(storage, ours, [member])
    tamperWith(await storage.audience.get(ours, RUN, [member.customerId]))
    tamperWith(await storage.audience.list(ours, RUN, {}, { cursor: null, limit: 1 }))
    tamperWith(await storage.audience.membershipsOf(ours, [member.customerId]))
    tamperWith(await storage.audience.counts(ours, RUN))
    tamperWith(await storage.audience.armCounts(ours, RUN))
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
export const audienceCases: readonly StorageCase[] = [...addressCases, ...memberCases, ...armCases]
