import type { AddressKey } from '../../base/ids.js'
import type { SliceSize } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { PlannedMembership } from '../../ports/storage/freezing-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId, type Overrides } from '../as-id.js'
import { sampleCampaign, sampleMember, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import {
  allPages,
  expectEqual,
  expectFailure,
  expectRefusal,
  expectSame,
  unreadable,
} from './expectations.js'
import { placeAll, planIn, plannedOf } from './member-seeds.js'
import { seedCampaign } from './seeds.js'

const freezingCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`freezing: ${name}`, [], run)
const { id: RUN } = sampleRun()

/** A newcomer in the only lane, with the keys of the addresses of its channels. */
function newcomer(
  customerId: string,
  keys: readonly (string | null)[] = [null],
  more: Overrides<PlannedMembership> = {},
): PlannedMembership {
  const channels = (['email', 'sms'] as const).slice(0, keys.length)
  const planned = plannedOf(sampleMember({ customerId, channels }))
  return {
    ...planned,
    addressKeys: keys.map((key) => key && asId<AddressKey>(key)),
    ...more,
  } as PlannedMembership
}

/** What all slices have together. */
async function inAll(storage: Storage, scope: Scope, runId = RUN): Promise<Omit<SliceSize, 'slice'>> {
  const sizes = await storage.freezing.sizes(scope, runId)
  const newcomers = new Map<string, number>()
  for (const slice of sizes)
    for (const [lane, count] of Object.entries(slice.newcomers))
      newcomers.set(lane, (newcomers.get(lane) ?? 0) + count)
  const sum = (countOf: (size: SliceSize) => number) => sizes.reduce((all, size) => all + countOf(size), 0)
  return {
    excluded: sum(({ excluded }) => excluded),
    kept: sum(({ kept }) => kept),
    newcomers: Object.fromEntries(newcomers),
  }
}

const NOBODY = { excluded: 0, kept: 0, newcomers: {} }

/** Channels and exclusion of every member of the run, by customer. */
async function reachedBy(storage: Storage, scope: Scope): Promise<readonly unknown[]> {
  const members = await allPages((page) => storage.audience.list(scope, RUN, {}, page))
  return members.map(({ customerId, channels, exclusion }) => [customerId, exclusion ?? channels])
}

const appendCases: readonly StorageCase[] = [
  freezingCase('append plans and moves the run on, and makes nobody a member', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const moved = await planIn(storage, ours, RUN, [newcomer('a'), newcomer('b')])
    expectEqual(await storage.campaigns.getRun(ours, RUN), moved, 'the run')
    const again = await planIn(storage, ours, RUN, [newcomer('c')])
    expectEqual(await storage.campaigns.getRun(ours, RUN), again, 'the run after another page')
    expectEqual(
      await planIn(storage, ours, RUN, []).then(({ version }) => version),
      4,
      'version after no page',
    )
    expectEqual(await inAll(storage, ours), { ...NOBODY, newcomers: { '': 3 } }, 'who is planned')
    expectEqual(await storage.audience.get(ours, RUN, [asId('a'), asId('c')]), [], 'members')
    expectEqual((await storage.audience.counts(ours, RUN)).matched, 0, 'members that are counted')
  }),
  freezingCase('append of a run that somebody has moved plans nobody', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const moved = await planIn(storage, ours, RUN, [newcomer('a')])
    for (const version of [moved.version, moved.version + 2])
      await expectRefusal(
        storage.freezing.append(ours, { ...moved, version }, [newcomer('late')]),
        'VERSION_CONFLICT',
      )
    expectEqual(await inAll(storage, ours), { ...NOBODY, newcomers: { '': 1 } }, 'who is planned')
    expectEqual(await storage.campaigns.getRun(ours, RUN), moved, 'the run')
  }),
  freezingCase('append is all or none', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const moved = await planIn(storage, ours, RUN, [])
    const next = { ...moved, version: moved.version + 1 }
    await expectFailure(() => storage.freezing.append(ours, next, [newcomer('a'), unreadable(newcomer('b'))]))
    expectEqual(await inAll(storage, ours), NOBODY, 'who is planned after a failed call')
    expectEqual(await storage.campaigns.getRun(ours, RUN), moved, 'the run after a failed call')
  }),
  freezingCase(
    'sizes count the excluded, those who keep an arm, and newcomers by lane',
    async ({ storage, ours }) => {
      await seedCampaign(storage, ours, sampleCampaign(), [
        sampleRun(),
        sampleRun({ id: 'run-2', occurrence: '2' }),
      ])
      const lanes = ['', 'stratum:/"a" \\, {b}', 'stratum:/loyal', 'stratum:/loyal']
      await planIn(storage, ours, RUN, [
        ...lanes.map((lane, at) => newcomer(`n-${at}`, [null], { lane })),
        plannedOf(sampleMember({ customerId: 'k-1', arm: 'plain' })),
        plannedOf(sampleMember({ customerId: 'k-2', arm: 'remainder' })),
        plannedOf(sampleMember({ customerId: 'x', exclusion: 'noConsent' })),
      ])
      await planIn(storage, ours, asId('run-2'), [newcomer('a', [null], { runId: 'run-2' })])
      const expected = { excluded: 1, kept: 2, newcomers: { '': 1, [`${lanes[1]}`]: 1, 'stratum:/loyal': 2 } }
      expectEqual(await inAll(storage, ours), expected, 'sizes')
      expectEqual(await inAll(storage, ours, asId<typeof RUN>('run-9')), NOBODY, 'sizes of a run of nobody')
    },
  ),
  freezingCase('forget takes the tags of who is planned, and nothing else', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const tagged = ['a', 'b'].map((customerId) =>
      newcomer(customerId, [null], { tags: ['diabetic', 'x "y"'] }),
    )
    const run = await planIn(storage, ours, RUN, tagged)
    await storage.audience.forget(ours, [asId('a'), asId('nobody')])
    await placeAll(storage, ours, run)
    const members = await allPages((page) => storage.audience.list(ours, RUN, {}, page))
    const held = members.map(({ customerId, tags, arm }) => [customerId, tags, arm])
    expectEqual(
      held,
      [
        ['a', [], 'all'],
        ['b', ['diabetic', 'x "y"'], 'all'],
      ],
      'tags',
    )
  }),
  freezingCase('discard forgets who is planned in one run', async ({ storage, ours }) => {
    await seedCampaign(storage, ours, sampleCampaign(), [
      sampleRun(),
      sampleRun({ id: 'run-2', occurrence: '2' }),
    ])
    await planIn(storage, ours, RUN, [newcomer('a')])
    await planIn(storage, ours, asId('run-2'), [newcomer('a', [null], { runId: 'run-2' })])
    await storage.freezing.discard(ours, asId('run-2'))
    await storage.freezing.discard(ours, asId('run-9'))
    expectEqual(await inAll(storage, ours), { ...NOBODY, newcomers: { '': 1 } }, 'who is planned')
    await storage.freezing.discard(ours, RUN)
    expectEqual(await inAll(storage, ours), NOBODY, 'who is planned after all is discarded')
  }),
]

const addressCases: readonly StorageCase[] = [
  freezingCase(
    'an address is left to whose id is first, and taken from the others',
    async ({ storage, ours }) => {
      await seedCampaign(storage, ours)
      await planIn(storage, ours, RUN, [newcomer('b', ['k1:a']), newcomer('c', ['k1:c', 'k1:x'])])
      const run = await planIn(storage, ours, RUN, [
        newcomer('a', ['k1:a']),
        newcomer('ｚ', ['k1:z']),
        newcomer('\u{1F355}', ['k1:z', 'k1:own']),
        newcomer('d', ['k1:d', 'k1:x']),
        plannedOf(sampleMember({ customerId: 'x', exclusion: 'noConsent' })),
      ])
      await storage.freezing.settleAddresses(ours, run)
      await storage.freezing.settleAddresses(ours, run)
      expectEqual(await inAll(storage, ours), { excluded: 2, kept: 0, newcomers: { '': 5 } }, 'sizes')
      await placeAll(storage, ours, run)
      expectEqual(
        await reachedBy(storage, ours),
        [
          ['a', ['email']],
          ['b', 'duplicateAddress'],
          ['c', ['email', 'sms']],
          ['d', ['email']],
          ['x', 'noConsent'],
          ['ｚ', ['email']],
          ['\u{1F355}', ['sms']],
        ],
        'who is reached',
      )
    },
  ),
  freezingCase(
    'one key on two channels, in two runs or of nobody is no duplicate',
    async ({ storage, ours }) => {
      await seedCampaign(storage, ours, sampleCampaign(), [
        sampleRun(),
        sampleRun({ id: 'run-2', occurrence: '2' }),
      ])
      await planIn(storage, ours, asId('run-2'), [newcomer('0', ['k1:a'], { runId: 'run-2' })])
      const run = await planIn(storage, ours, RUN, [
        newcomer('a', ['k1:a', 'k1:a']),
        newcomer('b', [null, null]),
        newcomer('c', [null, 'k1:c']),
      ])
      await storage.freezing.settleAddresses(ours, run)
      expectEqual(await inAll(storage, ours), { ...NOBODY, newcomers: { '': 3 } }, 'sizes')
    },
  ),
  freezingCase('who loses all addresses keeps no arm and stands in no lane', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const run = await planIn(storage, ours, RUN, [
      newcomer('a', ['k1:a']),
      newcomer('b', ['k1:a'], { arm: 'plain', lane: null }),
      newcomer('c', ['k1:a'], { lane: 'stratum:/loyal' }),
    ])
    await storage.freezing.settleAddresses(ours, run)
    expectEqual(await inAll(storage, ours), { excluded: 2, kept: 0, newcomers: { '': 1 } }, 'sizes')
  }),
  freezingCase('addresses of a run that somebody has moved stay as they are', async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const run = await planIn(storage, ours, RUN, [newcomer('a', ['k1:a']), newcomer('b', ['k1:a'])])
    const stale = { ...run, version: run.version - 1 }
    await expectRefusal(storage.freezing.settleAddresses(ours, stale), 'VERSION_CONFLICT')
    expectEqual(await inAll(storage, ours), { ...NOBODY, newcomers: { '': 2 } }, 'sizes')
  }),
]

const finishCases: readonly StorageCase[] = [
  conformanceCase('freezing.finish: changes nothing that is read', [], async ({ storage, ours }) => {
    await seedCampaign(storage, ours)
    const run = await planIn(storage, ours, RUN, [newcomer('a')])
    await placeAll(storage, ours, run)
    const before = await allPages((page) => storage.audience.list(ours, RUN, {}, page))
    for (const members of [1, 10_000_000]) await storage.freezing.finish(ours, RUN, members)
    expectSame(await allPages((page) => storage.audience.list(ours, RUN, {}, page)), before, 'members')
  }),
]

/** What planning a run means in a FreezingStore. */
export const freezingCases: readonly StorageCase[] = [...appendCases, ...addressCases, ...finishCases]
