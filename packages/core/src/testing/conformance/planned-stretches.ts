import { digestOf } from '../../base/digest.js'
import type { AddressKey } from '../../base/ids.js'
import { DAY_MS } from '../../base/time.js'
import type { ConsentRecord } from '../../model/consent.js'
import type { Member } from '../../model/member.js'
import type {
  AudiencePlan,
  DatabasePlanner,
  ReachableContact,
  Standing,
} from '../../ports/storage/database-planner.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleConsent, sampleCustomer, sampleEvent, sampleRun, sampleSuppression } from '../samples.js'
import type { StorageCase, StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectPresent, expectRefusal } from './expectations.js'
import { placeAll } from './member-seeds.js'
import { divideRun, PLAN, plannerCase, seedPeople, stretchesOf } from './planner-seeds.js'
import { freshEntry, seedCampaign, seedCustomers } from './seeds.js'

const { id: RUN } = sampleRun()
const NOW = SAMPLE_NOW
const IN_LINE: Standing = { dueAt: NOW, arm: null, lane: '', labels: [] }

/** The keys of an address, or the code of the gate that is shut. */
type WayGiven = readonly string[] | 'globalHoldout' | 'noAddress'

/** A contact who is open on the channels of these keys. */
function reachable(
  customerId: string,
  ways: readonly WayGiven[] = [['k1:a']],
  standing: Standing = IN_LINE,
): ReachableContact {
  return {
    customerId: asId(customerId),
    ways: ways.map((way) =>
      typeof way === 'string'
        ? { exclusion: way, addressKeys: [] }
        : { exclusion: null, addressKeys: way.map((key) => asId<AddressKey>(key)) },
    ),
    standing,
  }
}

/** Plans contacts, in one stretch of the whole run, and makes members of them. */
async function planAll(
  subject: StorageSubject,
  planner: DatabasePlanner,
  contacts: readonly ReachableContact[],
  plan: AudiencePlan = PLAN,
): Promise<readonly Member[]> {
  const { storage, ours } = subject
  const run = await divideRun(subject, planner, plan)
  const stretch = expectPresent(await planner.stretch(ours, RUN, 0), 'a stretch')
  await planner.planStretch(ours, run, plan, stretch, contacts)
  await placeAll(storage, ours, run)
  return membersOf(subject)
}

function membersOf({ storage, ours }: StorageSubject): Promise<readonly Member[]> {
  return allPages((page) => storage.audience.list(ours, RUN, {}, page))
}

/** What a person has said of e-mails about offers, and what follows. */
const SAYINGS: readonly (readonly [
  id: string,
  said: readonly Partial<ConsentRecord>[],
  outcome: string | null,
])[] = [
  ['asked', [{ decision: 'pending' }], 'noConsent'],
  ['denied', [{ decision: 'denied' }], 'consentDenied'],
  ['granted', [{}], null],
  ['granted all', [{ topic: '*' }], null],
  ['later asked', [{}, { decision: 'pending', obtainedAt: NOW }], null],
  ['later denied all', [{}, { decision: 'denied', topic: '*', obtainedAt: NOW }], 'consentDenied'],
  ['later granted', [{ decision: 'denied' }, { obtainedAt: NOW }], null],
  ['of another channel', [{ channel: 'sms' }], 'noConsent'],
  ['of another topic', [{ topic: 'news' }], 'noConsent'],
  ['silent', [], 'noConsent'],
  ['twice at once', [{}, { decision: 'denied' }], 'consentDenied'],
]

/** What planning a stretch means, where a storage plans by itself. */
export const plannedStretchCases: readonly StorageCase[] = [
  plannerCase('consent is decided as decideConsent has it', async (subject, planner) => {
    const { storage, ours, theirs } = subject
    await seedCampaign(storage, ours)
    const people = SAYINGS.map(([id]) => sampleCustomer({ id }))
    await seedCustomers(subject, storage.customers, ours, people)
    const records = SAYINGS.flatMap(([customerId, said]) =>
      said.map((record) => sampleConsent({ customerId, ...record })),
    )
    await storage.consents.record(ours, records, freshEntry())
    await storage.consents.record(theirs, [sampleConsent({ customerId: 'silent' })], freshEntry())
    const contacts = SAYINGS.map(([id]) => reachable(id, [[`k1:${id}`]]))
    const members = await planAll(subject, planner, contacts)
    expectEqual(
      members.map(({ customerId, exclusion, channels }) => [customerId, exclusion, channels]),
      SAYINGS.map(([id, , outcome]) => [id, outcome, outcome === null ? ['email'] : []]),
      'who is reached',
    )
  }),
  plannerCase('without a topic nobody is asked for consent', async (subject, planner) => {
    const { storage, ours } = subject
    await seedCampaign(storage, ours)
    await seedCustomers(subject, storage.customers, ours, [
      sampleCustomer({ id: 'a' }),
      sampleCustomer({ id: 'b' }),
    ])
    const contacts = [reachable('a'), reachable('b', ['noAddress'])]
    const members = await planAll(subject, planner, contacts, { ...PLAN, topic: null })
    expectEqual(
      members.map(({ exclusion }) => exclusion),
      [null, 'noAddress'],
      'exclusions',
    )
  }),
  plannerCase('the channel that came furthest says why', async (subject, planner) => {
    await seedPeople(subject, ['a', 'b', 'c', 'd', 'e'])
    const { storage, ours } = subject
    const dead = (['email', 'sms'] as const).map((channel) =>
      sampleSuppression({ addressKey: 'k1:dead', channel }),
    )
    await storage.consents.suppress(ours, dead, freshEntry())
    const contacts = [
      reachable('a', ['noAddress', ['k1:dead']]),
      reachable('b', ['globalHoldout', 'globalHoldout']),
      reachable('c', ['noAddress', ['k1:c']]),
      reachable('d', [['k1:d'], ['k1:d2']]),
      reachable('e', [['k1:dead'], ['k1:e']]),
    ]
    const members = await planAll(subject, planner, contacts, { ...PLAN, channels: ['email', 'sms'] })
    expectEqual(
      members.map(({ exclusion, channels }) => exclusion ?? channels),
      ['suppressed', 'globalHoldout', 'noConsent', ['email'], 'noConsent'],
      'who is reached',
    )
  }),
  plannerCase('an address is suppressed by each of its keys, on its channel', async (subject, planner) => {
    const { storage, ours, theirs } = subject
    await seedPeople(subject, ['a', 'b', 'c', 'd', 'e'])
    await storage.consents.record(
      ours,
      [sampleConsent({ customerId: 'e', decision: 'denied', obtainedAt: NOW })],
      freshEntry(),
    )
    const suppressions = ['k1:a', 'k0:b', 'k1:e'].map((addressKey) => sampleSuppression({ addressKey }))
    const elsewhere = sampleSuppression({ addressKey: 'k1:c', channel: 'sms' })
    await storage.consents.suppress(ours, [...suppressions, elsewhere], freshEntry())
    await storage.consents.suppress(theirs, [sampleSuppression({ addressKey: 'k1:d' })], freshEntry())
    const ids = ['a', 'b', 'c', 'd', 'e']
    const contacts = ids.map((id) => reachable(id, [[`k1:${id}`, `k0:${id}`]]))
    const members = await planAll(subject, planner, contacts)
    expectEqual(
      members.map(({ exclusion, channels }) => exclusion ?? channels),
      ['suppressed', 'suppressed', ['email'], ['email'], 'suppressed'],
      'who is reached',
    )
  }),
  plannerCase('addresses are settled by the keys of the open channels', async (subject, planner) => {
    const { storage, ours } = subject
    await seedPeople(subject, ['a', 'b', 'c', 'd'])
    const run = await divideRun(subject, planner)
    const stretch = expectPresent(await planner.stretch(ours, RUN, 0), 'a stretch')
    const contacts = [
      reachable('a', ['noAddress']),
      reachable('b', [['k1:x', 'k0:y']]),
      reachable('c', [['k1:x', 'k0:z']]),
      reachable('d', [[]]),
    ]
    await planner.planStretch(ours, run, PLAN, stretch, contacts)
    await storage.freezing.settleAddresses(ours, run)
    await placeAll(storage, ours, run)
    expectEqual(
      (await membersOf(subject)).map(({ exclusion }) => exclusion),
      ['noAddress', null, 'duplicateAddress', null],
      'exclusions',
    )
  }),
  plannerCase(
    'members have rank keys, tags, standing, and the segments that hold',
    async (subject, planner) => {
      const { storage, ours } = subject
      await seedPeople(subject, ['e\u0301', 'idle', 'keen', 'off'])
      await seedCustomers(subject, storage.customers, ours, [
        sampleCustomer({ id: 'keen', tags: ['a "b"', 'staff'] }),
      ])
      await storage.events.append(ours, [
        sampleEvent({ key: 'k', type: 'click', customerId: asId('keen'), at: NOW - DAY_MS }),
      ])
      const plan: AudiencePlan = {
        ...PLAN,
        segments: [
          {
            name: 'clicked',
            criteria: { type: 'events', event: 'click', op: '>=', count: 1, withinDays: 2 },
          },
          { name: "it's staff", criteria: { type: 'tags', match: 'any', tags: ['staff'] } },
          { name: 'nobody', criteria: { type: 'any', of: [] } },
        ],
      }
      const kept: Standing = { dueAt: NOW + 1, arm: 'plain', lane: null, labels: ['returning'] }
      const labelled: Standing = { dueAt: NOW + 2, arm: null, lane: 'stratum:/a', labels: ['stratum:/a'] }
      const contacts = [
        reachable('e\u0301', [['k1:1']], labelled),
        reachable('idle', [['k1:2']], kept),
        reachable('keen', [['k1:3']]),
        reachable('off', ['noAddress'], kept),
      ]
      const run = await divideRun(subject, planner, plan)
      const stretch = expectPresent(await planner.stretch(ours, RUN, 0), 'a stretch')
      await planner.planStretch(ours, run, plan, stretch, contacts)
      const sizes = await storage.freezing.sizes(ours, RUN)
      const lanes = sizes.flatMap(({ newcomers }) => Object.entries(newcomers)).sort()
      expectEqual(
        lanes,
        [
          ['', 1],
          ['stratum:/a', 1],
        ],
        'newcomers by lane',
      )
      await placeAll(storage, ours, run)
      const members = await membersOf(subject)
      expectEqual(
        members.map(({ rankKey }) => rankKey),
        members.map(({ customerId }) => digestOf(ours.tenant, PLAN.salt, customerId)),
        'rank keys',
      )
      expectEqual(
        members.map(({ dueAt, arm, segments }) => [dueAt, arm, segments]),
        [
          [NOW + 2, 'all', ['stratum:/a']],
          [NOW + 1, 'plain', ['returning']],
          [NOW, 'all', ['clicked', "it's staff"]],
          [NOW + 1, null, ['returning']],
        ],
        'where they stand',
      )
      expectEqual(members[2]?.tags, ['a "b"', 'staff'], 'tags')
    },
  ),
  plannerCase(
    'a stretch that is planned twice, or twice at once, is planned once',
    async (subject, planner) => {
      const { storage, ours } = subject
      await seedPeople(subject, ['a', 'b', 'c'])
      const run = await divideRun(subject, planner, PLAN, 2)
      const keys = ['a', 'b', 'c'].map((id) => reachable(id, [[`k1:${id}`]]))
      for (const stretch of await stretchesOf(planner, ours)) {
        const contacts = keys.slice(2 * stretch.number, 2 * stretch.number + 2)
        const plan = () => planner.planStretch(ours, run, PLAN, stretch, contacts)
        await Promise.all([plan(), plan()])
        await plan()
      }
      await placeAll(storage, ours, run)
      expectEqual(
        (await membersOf(subject)).map(({ customerId }) => customerId),
        ['a', 'b', 'c'],
        'members',
      )
    },
  ),
  plannerCase('who was erased meanwhile is left out', async (subject, planner) => {
    await seedPeople(subject, ['a'])
    const members = await planAll(subject, planner, [
      reachable('a', [['k1:a']]),
      reachable('gone', [['k1:g']]),
    ])
    expectEqual(
      members.map(({ customerId }) => customerId),
      ['a'],
      'members',
    )
  }),
  plannerCase('a run that somebody has moved is planned no further', async (subject, planner) => {
    const { storage, ours } = subject
    await seedPeople(subject, ['a'])
    const run = await divideRun(subject, planner)
    const stretch = expectPresent(await planner.stretch(ours, RUN, 0), 'a stretch')
    await storage.campaigns.updateRun(ours, { ...run, version: run.version + 1 }, run.version)
    await expectRefusal(planner.planStretch(ours, run, PLAN, stretch, [reachable('a')]), 'VERSION_CONFLICT')
    expectEqual(await storage.freezing.sizes(ours, RUN), [], 'who is planned')
  }),
  plannerCase('discard forgets the stretches with those who are planned', async (subject, planner) => {
    const { storage, ours } = subject
    await seedPeople(subject, ['a'])
    const run = await divideRun(subject, planner)
    const stretch = expectPresent(await planner.stretch(ours, RUN, 0), 'a stretch')
    await planner.planStretch(ours, run, PLAN, stretch, [reachable('a')])
    await storage.freezing.discard(ours, RUN)
    expectEqual(await stretchesOf(planner, ours), [], 'stretches')
    expectEqual(await storage.freezing.sizes(ours, RUN), [], 'who is planned')
  }),
]
