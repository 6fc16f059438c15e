import type { CustomerId, RunId } from '../../base/ids.js'
import { DAY_MS } from '../../base/time.js'
import type { Member } from '../../model/member.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCampaign, sampleMember, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectPresent, expectSame } from './expectations.js'
import { freezeMembers, seedMembers } from './member-seeds.js'
import { seedCampaign } from './seeds.js'

const audienceCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`audience: ${name}`, [], run)
const RUN: RunId = sampleRun().id
const customers = (...texts: readonly string[]): CustomerId[] => texts.map((text) => asId(text))

/** What of a member decides where an event counts. */
const placeOf = ({ runId, dueAt, arm, segments }: Member) => ({ runId, dueAt, arm, segments })

const historyCases: readonly StorageCase[] = [
  audienceCase('armsOf gives the first arm in any other run of the campaign', async ({ storage, ours }) => {
    const runs = [3, 1, 2].map((at) =>
      sampleRun({ id: `run-${at}`, occurrence: `o-${at}`, createdAt: SAMPLE_NOW + at }),
    )
    const campaign = await seedCampaign(storage, ours, sampleCampaign(), runs)
    const stranger = await seedCampaign(storage, ours, sampleCampaign({ id: 'other' }), [
      sampleRun({ id: 'run-0', campaignId: 'other', createdAt: 0 }),
    ])
    for (const [runId, arms] of [
      ['run-3', { a: 'late', b: 'only' }],
      ['run-1', { a: 'first' }],
      ['run-2', { a: 'second' }],
      ['run-0', { a: 'of another campaign' }],
    ] as const) {
      const members = Object.entries(arms).map(([customerId, arm]) =>
        sampleMember({ runId, customerId, arm }),
      )
      const excluded = sampleMember({ runId, customerId: 'excluded', exclusion: 'noConsent' })
      await freezeMembers(storage, ours, runId, [...members, excluded])
    }
    const armsExcept = async (run: string, ...texts: string[]) => [
      ...(await storage.audience.armsOf(ours, campaign.id, asId(run), customers(...texts))),
    ]
    expectSame(
      await armsExcept('run-9', 'a', 'b', 'excluded', 'nobody'),
      [
        ['a', 'first'],
        ['b', 'only'],
      ],
      'arms',
    )
    expectSame(
      await armsExcept('run-1', 'a', 'b'),
      [
        ['a', 'second'],
        ['b', 'only'],
      ],
      'arms but of run-1',
    )
    expectSame(await armsExcept('run-3', 'b'), [], 'arms of b but of run-3')
    expectSame(await armsExcept('run-9'), [], 'arms of nobody')
    const elsewhere = await storage.audience.armsOf(ours, stranger.id, asId('run-9'), customers('a', 'b'))
    expectSame([...elsewhere], [['a', 'of another campaign']], 'arms of another campaign')
  }),
  audienceCase(
    'membershipsOf gives the runs in which the customer has an arm, latest due first',
    async ({ storage, ours }) => {
      const dues = [2, 3, 1]
      const runs = dues.map((at) => sampleRun({ id: `run-${at}`, occurrence: `o-${at}` }))
      await seedCampaign(storage, ours, sampleCampaign(), [
        ...runs,
        sampleRun({ id: 'run-9', occurrence: 'another' }),
      ])
      const members: Member[] = []
      for (const at of dues) {
        const runId = `run-${at}`
        const member = sampleMember({ runId, dueAt: SAMPLE_NOW + at * DAY_MS })
        const excluded = sampleMember({ runId, customerId: 'b', exclusion: 'noConsent' })
        members.push(...(await freezeMembers(storage, ours, runId, [member, excluded])).slice(0, 1))
      }
      const [other] = await freezeMembers(storage, ours, 'run-9', [
        sampleMember({ runId: 'run-9', customerId: 'c' }),
      ])
      const membership = (member: Member | undefined) => ({
        campaignId: 'campaign-1',
        member: member && placeOf(member),
      })
      const latestFirst = members.toSorted((left, right) => right.dueAt - left.dueAt)
      const expected = [
        ['customer-1', latestFirst.map(membership)],
        ['c', [membership(other)]],
      ]
      const asked = customers('customer-1', 'b', 'c', 'nobody')
      expectSame([...(await storage.audience.membershipsOf(ours, asked))], expected, 'memberships')
      expectSame(
        [...(await storage.audience.membershipsOf(ours, customers('c')))],
        expected.slice(1),
        'of one',
      )
      expectEqual([...(await storage.audience.membershipsOf(ours, []))], [], 'memberships of nobody')
    },
  ),
  audienceCase('membershipsOf gives the latest thousand', async ({ storage, ours }) => {
    const runs = Array.from({ length: 1_002 }, (_, at) =>
      sampleRun({ id: `run-${at}`, occurrence: `o-${at}` }),
    )
    await seedCampaign(storage, ours, sampleCampaign(), runs)
    for (const [at, { id }] of runs.entries()) {
      await freezeMembers(storage, ours, id, [sampleMember({ runId: id, dueAt: SAMPLE_NOW + at })])
    }
    const { customerId } = sampleMember()
    const memberships = await storage.audience.membershipsOf(ours, [customerId])
    const seen = expectPresent(memberships.get(customerId), 'memberships')
    const expected = runs.slice(2).map(({ id }) => id)
    expectEqual(
      seen.map(({ member }) => member.runId),
      expected.reverse(),
      'runs',
    )
  }),
]

const countCases: readonly StorageCase[] = [
  audienceCase('counts are the funnel: arms, exclusions, and their sum', async ({ storage, ours }) => {
    const arms = ['plain', 'plain', 'emoji', 'holdout', 'remainder', 'remainder']
    const members = [
      ...arms.map((arm, rank) => sampleMember({ customerId: `m-${rank}`, rank, arm })),
      sampleMember({ customerId: 'x-1', exclusion: 'noConsent' }),
      sampleMember({ customerId: 'x-2', exclusion: 'noConsent' }),
      sampleMember({ customerId: 'x-3', exclusion: 'erased' }),
    ]
    await seedMembers(storage, ours, members)
    const expected = {
      matched: 9,
      recipients: 3,
      holdout: 1,
      remainder: 2,
      excluded: { noConsent: 2, erased: 1 },
    }
    expectEqual(await storage.audience.counts(ours, RUN), expected, 'the funnel')
    const none = { matched: 0, recipients: 0, holdout: 0, remainder: 0, excluded: {} }
    expectEqual(await storage.audience.counts(ours, asId('run-2')), none, 'the funnel of an empty run')
  }),
  audienceCase(
    'armCounts count members with an arm, in all and in each segment',
    async ({ storage, ours }) => {
      await seedMembers(storage, ours, [
        sampleMember({ customerId: 'a', rank: 0, arm: 'plain', segments: ['Lapsed', 'VIP'] }),
        sampleMember({ customerId: 'b', rank: 1, arm: 'plain', segments: ['VIP'] }),
        sampleMember({ customerId: 'c', rank: 2, arm: 'holdout' }),
        sampleMember({ customerId: 'd', arm: 'plain', segments: ['VIP', 'VIP'] }),
        sampleMember({ customerId: 'e', exclusion: 'noConsent', segments: ['VIP'] }),
      ])
      const expected = [
        { arm: 'plain', segment: null, count: 3 },
        { arm: 'plain', segment: 'Lapsed', count: 1 },
        { arm: 'plain', segment: 'VIP', count: 3 },
        { arm: 'holdout', segment: null, count: 1 },
      ]
      expectSame(await storage.audience.armCounts(ours, RUN), expected, 'counts')
      expectEqual(await storage.audience.armCounts(ours, asId('run-2')), [], 'counts of an empty run')
    },
  ),
]

/** What arms and their counts mean in an AudienceStore. */
export const armCases: readonly StorageCase[] = [...historyCases, ...countCases]
