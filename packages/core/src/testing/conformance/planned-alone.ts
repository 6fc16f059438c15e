import { digestOf, lengthPrefixed } from '../../base/digest.js'
import type { AddressKey } from '../../base/ids.js'
import type { CustomerPatch } from '../../model/customer.js'
import type { DatabasePlanner, HashGate, SelfContainedPlan } from '../../ports/storage/database-planner.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleConsent, sampleCustomer, sampleRun, sampleSuppression } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectPresent, expectRefusal } from './expectations.js'
import { placeAll } from './member-seeds.js'
import { divideRun, PLAN, plannerCase, stretchesOf } from './planner-seeds.js'
import { freshEntry, patchOf, seedCampaign } from './seeds.js'

const { id: RUN } = sampleRun()

/** Everybody, by e-mail about offers, due at once and in one line. */
const ALONE: SelfContainedPlan = {
  ...PLAN,
  standing: { dueAt: SAMPLE_NOW, arm: null, lane: '', labels: [] },
  hashGates: [],
  secretIds: ['k1', 'k0'],
}

/** The keys of an address under the secrets of the plan. */
function keysOf(address: string, ids: readonly string[] = ALONE.secretIds): readonly AddressKey[] {
  return ids.map((id) => asId<AddressKey>(`${id}:${digestOf(id, address)}`))
}

type Person = Partial<Pick<CustomerPatch, 'addresses' | 'sealed' | 'addressKeys' | 'tags'>>

const withEmail = (email: string, keys = keysOf(email)): Person => ({
  addresses: { email },
  addressKeys: { email: keys },
})

/** Customers, each of whom allowed e-mails about offers. */
async function seed({ storage, ours }: StorageSubject, people: Readonly<Record<string, Person>>) {
  const patches = Object.entries(people).map(([id, person]) => ({
    ...patchOf({ ...sampleCustomer({ id }), addresses: {} }),
    ...person,
  }))
  await storage.customers.upsert(ours, patches, freshEntry())
  const consents = patches.map(({ id }) => sampleConsent({ customerId: id }))
  await storage.consents.record(ours, consents, freshEntry())
}

/** A subject with a campaign and its run. */
async function begin(subject: StorageSubject, people: Readonly<Record<string, Person>>): Promise<void> {
  await seedCampaign(subject.storage, subject.ours)
  await seed(subject, people)
}

/** Plans the run alone, in one stretch. @returns of how many it says that they match */
async function planAlone(
  subject: StorageSubject,
  planner: DatabasePlanner,
  plan: SelfContainedPlan = ALONE,
): Promise<number | null> {
  const { storage, ours } = subject
  await storage.freezing.discard(ours, RUN)
  const run = await divideRun(subject, planner, plan)
  const [stretch] = await stretchesOf(planner, ours)
  return planner.planAlone(ours, run, plan, expectPresent(stretch, 'a stretch'))
}

/** Makes members of those who are planned: the exclusion of each, or its channels. */
async function outcome({ storage, ours }: StorageSubject) {
  const run = expectPresent(await storage.campaigns.getRun(ours, RUN), 'the run')
  await storage.freezing.settleAddresses(ours, run)
  await placeAll(storage, ours, run)
  const members = await allPages((page) => storage.audience.list(ours, RUN, {}, page))
  return Object.fromEntries(
    members.map(({ customerId, exclusion, channels }) => [customerId, exclusion ?? channels]),
  )
}

const BITS_BELOW_53 = 3n
/** A gate that shuts out the half of some ids whose hashes are low, and those. */
function lowerHalf(ids: readonly string[]): { readonly gate: HashGate; readonly shut: readonly string[] } {
  const leading = (id: string) => Number(BigInt(`0x${digestOf('a gate', id).slice(0, 14)}`) >> BITS_BELOW_53)
  const inOrder = ids.toSorted((left, right) => leading(left) - leading(right))
  const shut = inOrder.slice(0, ids.length >> 1)
  const from = leading(expectPresent(inOrder[shut.length], 'an id'))
  const gate = { exclusion: 'globalHoldout', prefix: lengthPrefixed('a gate'), from, to: 2 ** 53 } as const
  return { gate, shut }
}

/** People of whom a storage does not know enough, each beside one of whom it does. */
const UNKNOWN: Readonly<Record<string, Person>> = {
  'an address without keys': { addresses: { email: 'a@example.com' } },
  'keys under one secret of two': withEmail('a@example.com', keysOf('a@example.com', ['k1'])),
  'keys under other secrets': withEmail('a@example.com', keysOf('a@example.com', ['k2', 'k0'])),
  'keys in another order': withEmail('a@example.com', keysOf('a@example.com', ['k0', 'k1'])),
  'a sealed address without keys': { sealed: { 'addresses.email': { seal: 'k1.x' } } },
}

/** What planning a stretch without the engine means, and the keys by which it is done. */
export const plannedAloneCases: readonly StorageCase[] = [
  plannerCase('alone it plans by the keys that stand with the customers', async (subject, planner) => {
    const { storage, ours } = subject
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    await begin(subject, {
      ...Object.fromEntries(ids.map((id) => [id, withEmail(`${id}@example.com`)])),
      'has none': {},
      'is sealed': {
        sealed: { 'addresses.email': { seal: 'k1.x', addressKeys: keysOf('sealed@example.com') } },
      },
      'is suppressed': withEmail('s@example.com'),
      'shares it': withEmail('a@example.com'),
      'was suppressed': withEmail('o@example.com'),
    })
    const [current] = keysOf('s@example.com')
    const [, older] = keysOf('o@example.com')
    const dead = [current, older].map((addressKey) =>
      sampleSuppression({ addressKey: expectPresent(addressKey, 'a key') }),
    )
    await storage.consents.suppress(ours, dead, freshEntry())
    await storage.consents.record(
      ours,
      [sampleConsent({ customerId: 'f', decision: 'denied', obtainedAt: SAMPLE_NOW })],
      freshEntry(),
    )
    expectEqual(await planAlone(subject, planner), 11, 'who matches')
    expectEqual(
      await outcome(subject),
      {
        ...Object.fromEntries(ids.map((id) => [id, ['email']])),
        f: 'consentDenied',
        'has none': 'noAddress',
        'is sealed': ['email'],
        'is suppressed': 'suppressed',
        'shares it': 'duplicateAddress',
        'was suppressed': 'suppressed',
      },
      'who is reached',
    )
  }),
  plannerCase('alone it asks gates of a hash before all others', async (subject, planner) => {
    const ids = Array.from({ length: 20 }, (_, at) => `c-${at}`)
    await begin(subject, Object.fromEntries(ids.map((id, at) => [id, at < 10 ? {} : withEmail(id)])))
    const { gate, shut } = lowerHalf(ids)
    const nobody: HashGate = { ...gate, exclusion: 'otherCampaign', from: 0, to: 0 }
    const plan = { ...ALONE, channels: ['email', 'sms'], hashGates: [gate, nobody] } as const
    expectEqual(await planAlone(subject, planner, plan), 20, 'who matches')
    expectEqual(
      await outcome(subject),
      Object.fromEntries(ids.map((id) => [id, shut.includes(id) ? 'globalHoldout' : 'otherCampaign'])),
      'who is held out',
    )
  }),
  plannerCase('alone it plans the stretch, and that once', async (subject, planner) => {
    const { storage, ours, theirs } = subject
    await begin(subject, Object.fromEntries(['a', 'b', 'c'].map((id) => [id, withEmail(id)])))
    await seed({ ...subject, ours: theirs }, { b2: { addresses: { email: 'b2' } } })
    const segments = [{ name: 'everybody', criteria: { type: 'everyone' } }] as const
    const plan = { ...ALONE, segments }
    const run = await divideRun(subject, planner, plan, 2)
    for (const stretch of await stretchesOf(planner, ours)) {
      const alone = () => planner.planAlone(ours, run, plan, stretch)
      const size = stretch.number === 0 ? 2 : 1
      expectEqual(await Promise.all([alone(), alone()]), [size, size], 'who matches')
      await alone()
    }
    expectEqual(
      (await storage.freezing.sizes(ours, RUN)).reduce((sum, { kept, newcomers }) => {
        return sum + kept + Object.values(newcomers).reduce((all, count) => all + count, 0)
      }, 0),
      3,
      'who is planned',
    )
    await placeAll(storage, ours, run)
    const members = await allPages((page) => storage.audience.list(ours, RUN, {}, page))
    expectEqual(
      members.map((member) => [member.customerId, member.segments, member.rankKey]),
      ['a', 'b', 'c'].map((id) => [id, ['everybody'], digestOf(ours.tenant, PLAN.salt, id)]),
      'members',
    )
  }),
  ...Object.entries(UNKNOWN).map(([name, person]) =>
    plannerCase(`alone it plans nobody beside ${name}`, async (subject, planner) => {
      await begin(subject, { a: withEmail('a'), b: person })
      expectEqual(await planAlone(subject, planner), null, 'what it says')
      expectEqual(await subject.storage.freezing.sizes(subject.ours, RUN), [], 'who is planned')
    }),
  ),
  plannerCase('keys go with the address that they are of', async (subject, planner) => {
    const { storage, ours } = subject
    const id = asId<CustomerPatch['id']>('a')
    await begin(subject, { a: withEmail('a@example.com') })
    const write = (patch: Omit<CustomerPatch, 'id'>) =>
      storage.customers.upsert(ours, [{ id, ...patch }], freshEntry())
    await write({ tags: ['vip'] })
    expectEqual(await planAlone(subject, planner), 1, 'after another field was written')
    await write({ addresses: { email: 'b@example.com' } })
    expectEqual(await planAlone(subject, planner), null, 'after another address was')
    await write({ addresses: { email: null } })
    expectEqual(await planAlone(subject, planner), 1, 'after it was removed')
    expectEqual(await outcome(subject), { a: 'noAddress' }, 'who is reached')
  }),
  plannerCase('a seal that takes the place of another brings its keys', async (subject, planner) => {
    const { storage, ours } = subject
    const [, older] = keysOf('a@example.com')
    const before = { seal: 'k0.x', addressKeys: [expectPresent(older, 'a key')] }
    await begin(subject, { a: { sealed: { 'addresses.email': before } } })
    expectEqual(await planAlone(subject, planner), null, 'what it says before')
    const reseal = {
      customerId: asId<CustomerPatch['id']>('a'),
      path: 'addresses.email',
      replaces: before.seal,
      value: { seal: 'k1.x', addressKeys: keysOf('a@example.com') },
    } as const
    await storage.customers.reseal(ours, [reseal], freshEntry())
    expectEqual(await planAlone(subject, planner), 1, 'who matches')
    expectEqual(await outcome(subject), { a: ['email'] }, 'who is reached')
  }),
  plannerCase('a run that somebody has moved is not planned alone', async (subject, planner) => {
    const { storage, ours } = subject
    await begin(subject, { a: withEmail('a') })
    const run = await divideRun(subject, planner)
    const stretch = expectPresent(await planner.stretch(ours, RUN, 0), 'a stretch')
    await storage.campaigns.updateRun(ours, { ...run, version: run.version + 1 }, run.version)
    await expectRefusal(planner.planAlone(ours, run, ALONE, stretch), 'VERSION_CONFLICT')
    expectEqual(await storage.freezing.sizes(ours, RUN), [], 'who is planned')
  }),
  conformanceCase(
    'customers.keepAddressKeys: keys are kept where their address stands, for planning alone',
    ['plansInDatabase'],
    async (subject) => {
      const { storage, ours, theirs } = subject
      const { customers } = storage
      const planner = expectPresent(storage.databasePlanner, 'a planner of audiences')
      if (customers.keepAddressKeys === null) return
      const keep = customers.keepAddressKeys
      await begin(subject, { a: { addresses: { email: 'a', phone: '+390612345678' } } })
      const theirSubject = { ...subject, ours: theirs }
      await begin(theirSubject, { a: { addresses: { email: 'a' } } })
      const of = (customerId: string, kind: 'email' | 'phone', address: string) => ({
        customerId: asId<CustomerPatch['id']>(customerId),
        kind,
        address,
        addressKeys: keysOf(address),
      })
      const elsewhere = [of('a', 'email', 'b'), of('nobody', 'email', 'a'), of('a', 'phone', 'a')]
      expectEqual(await keep(ours, elsewhere), 0, 'of addresses that do not stand')
      expectEqual(await planAlone(subject, planner), null, 'what is known then')
      const both = [of('a', 'email', 'a'), of('a', 'phone', '+390612345678')]
      expectEqual(await keep(ours, both), 1, 'customers whose keys are kept')
      expectEqual(await keep(ours, both), 0, 'the second time')
      expectEqual(await keep(ours, []), 0, 'of none')
      const plan: SelfContainedPlan = { ...ALONE, channels: ['email', 'sms'] }
      expectEqual(await planAlone(subject, planner, plan), 1, 'who matches')
      expectEqual(await outcome(subject), { a: ['email'] }, 'who is reached')
      expectEqual(await planAlone(theirSubject, planner), null, "what is known of another tenant's")
    },
  ),
]
