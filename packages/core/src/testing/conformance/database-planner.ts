import { byCodePoints } from '../../base/by-code-points.js'
import type { CustomerId } from '../../base/ids.js'
import type { AudiencePlan, Contact } from '../../ports/storage/database-planner.js'
import { sampleCustomer, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase } from './conformance-case.js'
import { expectEqual, expectPresent, expectRefusal, expectThat } from './expectations.js'
import { plannedAloneCases } from './planned-alone.js'
import { plannedStretchCases } from './planned-stretches.js'
import { divideRun, PLAN, plannerCase, seedPeople, stretchesOf } from './planner-seeds.js'
import { seedCampaign, seedCustomers, UNRULY_IDS } from './seeds.js'

const { id: RUN } = sampleRun()

const divideCases: readonly StorageCase[] = [
  plannerCase('it plans the customers of its storage', async ({ storage }, planner) => {
    expectThat(planner.customers === storage.customers, 'the directory of the storage', 'another one')
  }),
  plannerCase('stretches follow each other, and hold each who matches once', async (subject, planner) => {
    const { storage, ours, theirs } = subject
    await seedPeople(subject, UNRULY_IDS)
    await seedCustomers(subject, storage.customers, ours, [sampleCustomer({ id: 'c', tags: ['barred'] })])
    const plan: AudiencePlan = {
      ...PLAN,
      criteria: { type: 'not', of: { type: 'tags', match: 'any', tags: ['barred'] } },
    }
    const moved = await divideRun(subject, planner, plan, 4)
    expectEqual(await storage.campaigns.getRun(ours, RUN), moved, 'the run')
    const stretches = await stretchesOf(planner, ours)
    const contacts: Contact[] = []
    for (const [at, stretch] of stretches.entries()) {
      expectEqual(stretch.number, at, 'the number of the stretch')
      expectEqual(stretch.after, at === 0 ? '' : stretches[at - 1]?.upTo, 'where it begins')
      const found = await planner.contacts(ours, plan, stretch)
      expectThat(found.length <= 4, 'at most 4 contacts', found.length)
      contacts.push(...found)
    }
    expectEqual(stretches.at(-1)?.upTo, null, 'the end of the last stretch')
    expectEqual(
      contacts.map(({ id }) => id),
      UNRULY_IDS.toSorted(byCodePoints),
      'who matches',
    )
    expectEqual(await stretchesOf(planner, theirs), [], 'stretches of another tenant')
  }),
  plannerCase('who comes to match later is in the stretch of its id', async (subject, planner) => {
    const { storage, ours } = subject
    await seedPeople(subject, ['b', 'd', 'f'])
    await divideRun(subject, planner, PLAN, 2)
    await seedCustomers(
      subject,
      storage.customers,
      ours,
      ['a', 'c', 'g'].map((id) => sampleCustomer({ id })),
    )
    const found: (readonly CustomerId[])[] = []
    for (const stretch of await stretchesOf(planner, ours))
      found.push((await planner.contacts(ours, PLAN, stretch)).map(({ id }) => id))
    expectEqual(
      found,
      [
        ['a', 'b', 'c', 'd'],
        ['f', 'g'],
      ],
      'who matches',
    )
  }),
  plannerCase('a run that somebody has moved is not divided', async (subject, planner) => {
    const { ours } = subject
    await seedPeople(subject, ['a'])
    const late = sampleRun({ version: 9 })
    await expectRefusal(planner.divide(ours, late, PLAN, 10), 'VERSION_CONFLICT')
    expectEqual(await stretchesOf(planner, ours), [], 'stretches')
  }),
  plannerCase('nobody who matches is one stretch of nobody', async (subject, planner) => {
    await seedCampaign(subject.storage, subject.ours)
    await divideRun(subject, planner)
    const stretches = await stretchesOf(planner, subject.ours)
    expectEqual(stretches, [{ number: 0, after: '', upTo: null }], 'stretches')
    const [only] = stretches
    expectEqual(await planner.contacts(subject.ours, PLAN, expectPresent(only, 'one')), [], 'contacts')
  }),
  plannerCase('a contact has its addresses, what is sealed, and its zone', async (subject, planner) => {
    const { storage, ours } = subject
    await seedCampaign(storage, ours)
    const people = [
      sampleCustomer({ id: 'a', addresses: { email: 'a@example.com', phone: '+390612345678', push: 'p' } }),
      sampleCustomer({ id: 'b', addresses: {}, timeZone: 'Asia/Tokyo' }),
    ]
    await seedCustomers(subject, storage.customers, ours, people)
    const plan: AudiencePlan = { ...PLAN, channels: ['email', 'sms', 'push'] }
    await divideRun(subject, planner, plan)
    const [stretch] = await stretchesOf(planner, ours)
    const expected = people.map(({ id, addresses, timeZone }) => ({
      id,
      addresses,
      ...(timeZone === undefined ? {} : { timeZone }),
    }))
    expectEqual(await planner.contacts(ours, plan, expectPresent(stretch, 'a stretch')), expected, 'contacts')
  }),
]

/** What planning in the database means, where a storage does. */
export const databasePlannerCases: readonly StorageCase[] = [
  conformanceCase(
    'databasePlanner: it is null unless the storage says that it plans in the database',
    ['plansByPage'],
    async ({ storage }) => {
      expectEqual(storage.databasePlanner, null, 'databasePlanner')
    },
  ),
  ...divideCases,
  ...plannedStretchCases,
  ...plannedAloneCases,
]
