import { byCodePoints } from '../../base/by-code-points.js'
import type { CustomerId } from '../../base/ids.js'
import { type Customer, mergeCustomer } from '../../model/customer.js'
import type { Scope } from '../../model/scope.js'
import type { CustomerDirectory } from '../../ports/customer-directory.js'
import { asId } from '../as-id.js'
import { sampleCustomer } from '../samples.js'
import {
  conformanceCase,
  type DirectoryCase,
  type DirectoryNeed,
  type DirectorySubject,
} from './conformance-case.js'
import { patchCases } from './customer-patches.js'
import {
  expectCount,
  expectEqual,
  expectFailure,
  expectFullPages,
  expectRefusal,
  expectSame,
  expectThat,
  tamperWith,
  unreadable,
} from './expectations.js'
import { matchingCases } from './matching.js'
import { customerResealCases } from './reseals.js'
import { freshEntry, patchOf, seedCustomers, UNRULY_IDS } from './seeds.js'

const directoryCase = (
  name: string,
  run: (subject: DirectorySubject) => Promise<void>,
  needs: readonly DirectoryNeed[] = [],
): DirectoryCase => conformanceCase(`customers: ${name}`, needs, run)

const WRITABLE: readonly DirectoryNeed[] = ['writableDirectory']
const ids = (...texts: readonly string[]): CustomerId[] => texts.map((text) => asId(text))
const customersOf = (...texts: readonly string[]): Customer[] => texts.map((id) => sampleCustomer({ id }))

const scanBy = (directory: CustomerDirectory, scope: Scope) => (seen: readonly Customer[], limit: number) =>
  directory.scan(scope, { after: seen.at(-1)?.id ?? null, limit })

const scanCases: readonly DirectoryCase[] = [
  directoryCase(
    'a scan goes in the order of code points to the very end, whatever the page',
    async (subject) => {
      const { directory, ours } = subject
      const customers = customersOf(...[...UNRULY_IDS].reverse())
      await seedCustomers(subject, directory, ours, customers)
      const expected = customers.sort((left, right) => byCodePoints(left.id, right.id))
      await expectFullPages(scanBy(directory, ours), expected, 'customers')
    },
  ),
  directoryCase('a scan starts behind an id that is not there', async (subject) => {
    const { directory, ours } = subject
    await seedCustomers(subject, directory, ours, customersOf('a', 'c'))
    const page = await directory.scan(ours, { after: asId<CustomerId>('b'), limit: 10 })
    expectEqual(
      page.map(({ id }) => id),
      ['c'],
      'customers behind b',
    )
  }),
  directoryCase('a scan sees thousands', async (subject) => {
    const { directory, ours } = subject
    const many = customersOf(...Array.from({ length: 3_000 }, (_, at) => `c-${String(at).padStart(5, '0')}`))
    await seedCustomers(subject, directory, ours, many)
    await expectFullPages(scanBy(directory, ours), many, 'customers', [999, 3_000])
  }),
  directoryCase('a scan of nobody is empty', async ({ directory, ours }) => {
    expectEqual(await directory.scan(ours, { after: null, limit: 10 }), [], 'customers')
  }),
  directoryCase(
    'who is there during the whole of a scan is seen exactly once while others come and go',
    async (subject) => {
      const { directory, ours } = subject
      await seedCustomers(subject, directory, ours, customersOf('b', 'd', 'f', 'h'))
      const first = expectCount(await directory.scan(ours, { after: null, limit: 2 }), 2, 'customers')
      await directory.upsert(ours, customersOf('a', 'c', 'g').map(patchOf), freshEntry())
      await directory.erase(ours, ids('b'), freshEntry())
      const rest = await directory.scan(ours, { after: first[1].id, limit: 10 })
      const seen = [...first, ...rest].map(({ id }) => id)
      expectSame(
        seen.filter((id) => ids('d', 'f', 'h').includes(id)),
        ['d', 'f', 'h'],
        'those who stayed',
      )
      expectThat(new Set(seen).size === seen.length, 'nobody twice', seen)
    },
    WRITABLE,
  ),
]

const getCases: readonly DirectoryCase[] = [
  directoryCase(
    'get gives those whom it is asked for, each once, and leaves unknown ids out',
    async (subject) => {
      const { directory, ours } = subject
      const customers = customersOf(...UNRULY_IDS)
      await seedCustomers(subject, directory, ours, customers)
      expectSame(
        await directory.get(ours, [...ids(...UNRULY_IDS), ...ids('nobody', 'A')]),
        customers,
        'customers',
      )
      expectEqual(await directory.get(ours, []), [], 'customers of no ids')
    },
  ),
  directoryCase('a customer comes back with every field', async (subject) => {
    const { directory, ours } = subject
    const customer = sampleCustomer({
      lastName: 'Lovelace "\\ 🍕',
      addresses: { email: 'Ada@Mail.example', phone: '+390612345678', push: 'token' },
      facts: {
        lastLoginAt: 0,
        lastOrderAt: -1,
        orderCount: 0,
        totalSpentMinor: 9_007_199_254_740_991,
        currency: 'EUR',
        lastConversationAt: 1,
        conversationStatus: 'open',
        incompleteTransactions: 2,
      },
      timeZone: 'Europe/Rome',
      locale: 'pt-BR',
      attributes: { text: '', number: -0.5, flag: false, list: ['b', 'a', 'a'], none: [] },
    })
    await seedCustomers(subject, directory, ours, [customer])
    expectEqual(await directory.get(ours, [customer.id]), [customer], 'the customer')
  }),
  directoryCase('changing what was given out changes nothing that is kept', async (subject) => {
    const { directory, ours } = subject
    const customer = sampleCustomer()
    await seedCustomers(subject, directory, ours, [customer])
    const expected = JSON.stringify(customer)
    tamperWith(await directory.get(ours, [customer.id]))
    tamperWith(await directory.scan(ours, { after: null, limit: 1 }))
    expectEqual(await directory.get(ours, [asId('customer-1')]), [JSON.parse(expected)], 'the customer')
  }),
  directoryCase('another tenant with equal ids sees nobody', async (subject) => {
    const { directory, ours, theirs } = subject
    await seedCustomers(subject, directory, ours, [sampleCustomer()])
    expectEqual(await directory.get(theirs, ids('customer-1')), [], 'their customers by id')
    expectEqual(await directory.scan(theirs, { after: null, limit: 10 }), [], 'their customers')
  }),
]

const writeCases: readonly DirectoryCase[] = [
  directoryCase(
    'upsert creates and changes by mergeCustomer and counts both',
    async ({ directory, ours }) => {
      const before = sampleCustomer({ id: 'a' })
      const created = await directory.upsert(ours, [patchOf(before)], freshEntry())
      expectEqual(created, { created: 1, updated: 0 }, 'the first call')
      const patch = {
        id: before.id,
        tags: [],
        addresses: { phone: '+390612345678' },
        facts: { orderCount: 4 },
        attributes: { n: 1 },
      }
      const newcomer = { id: asId<CustomerId>('b') }
      const changed = await directory.upsert(ours, [patch, newcomer], freshEntry())
      expectEqual(changed, { created: 1, updated: 1 }, 'the second call')
      const expected = [mergeCustomer(before, patch), mergeCustomer(null, newcomer)]
      expectSame(await directory.get(ours, ids('a', 'b')), expected, 'customers')
    },
    WRITABLE,
  ),
  directoryCase(
    'a patch that repeats an id is applied after the earlier one',
    async ({ directory, ours }) => {
      const [first, second] = [
        { id: asId<CustomerId>('a'), firstName: 'Ada', locale: 'it' },
        { id: asId<CustomerId>('a'), firstName: 'Eva' },
      ]
      const { created } = await directory.upsert(ours, [first, second], freshEntry())
      expectEqual(created, 1, 'customers created')
      const expected = mergeCustomer(mergeCustomer(null, first), second)
      expectEqual(await directory.get(ours, ids('a')), [expected], 'the customer')
    },
    WRITABLE,
  ),
  directoryCase(
    'upsert is all or none',
    async ({ directory, ours }) => {
      const [good, bad] = [patchOf(sampleCustomer({ id: 'a' })), patchOf(sampleCustomer({ id: 'b' }))]
      await expectFailure(() => directory.upsert(ours, [good, unreadable(bad)], freshEntry()))
      expectEqual(await directory.scan(ours, { after: null, limit: 10 }), [], 'customers after a failed call')
    },
    WRITABLE,
  ),
  directoryCase(
    'concurrent patches of one customer are all kept',
    async ({ directory, ours }) => {
      const names = Array.from({ length: 20 }, (_, at) => `n${at}`)
      const patches = names.map((name) => ({ id: asId<CustomerId>('a'), attributes: { [name]: true } }))
      const answers = await Promise.all(patches.map((patch) => directory.upsert(ours, [patch], freshEntry())))
      expectEqual(answers.filter(({ created }) => created === 1).length, 1, 'calls that created')
      const [customer] = expectCount(await directory.get(ours, ids('a')), 1, 'customer')
      expectSame(Object.keys(customer.attributes), names, 'attributes')
    },
    WRITABLE,
  ),
  directoryCase(
    'erase deletes for good and counts those who were there',
    async ({ directory, ours }) => {
      await directory.upsert(ours, customersOf('a', 'b', 'c').map(patchOf), freshEntry())
      expectEqual(await directory.erase(ours, ids('a', 'c', 'nobody'), freshEntry()), 2, 'erased')
      expectEqual(await directory.erase(ours, ids('a'), freshEntry()), 0, 'erased again')
      expectEqual(await directory.erase(ours, [], freshEntry()), 0, 'erased of none')
      expectEqual(
        (await directory.scan(ours, { after: null, limit: 10 })).map(({ id }) => id),
        ['b'],
        'left',
      )
      expectEqual(
        await directory.upsert(ours, [{ id: asId('a') }], freshEntry()),
        { created: 1, updated: 0 },
        'anew',
      )
      expectEqual(
        await directory.get(ours, ids('a')),
        [mergeCustomer(null, { id: asId('a') })],
        'nothing of before',
      )
    },
    WRITABLE,
  ),
  directoryCase(
    'upsert and erase leave another tenant with equal ids untouched',
    async ({ directory, ours, theirs }) => {
      const customer = sampleCustomer()
      await directory.upsert(theirs, [patchOf(customer)], freshEntry())
      await directory.upsert(ours, [{ id: customer.id, firstName: 'Eva' }], freshEntry())
      expectEqual(await directory.get(theirs, [customer.id]), [customer], 'theirs after our upsert')
      await directory.erase(ours, [customer.id], freshEntry())
      expectEqual(await directory.get(theirs, [customer.id]), [customer], 'theirs after our erase')
    },
    WRITABLE,
  ),
  directoryCase(
    'a directory that is not writable refuses upsert, reseal and erase',
    async (subject) => {
      const { directory, ours } = subject
      await seedCustomers(subject, directory, ours, [sampleCustomer()])
      await expectRefusal(directory.upsert(ours, [{ id: asId('a') }], freshEntry()), 'DIRECTORY_READ_ONLY')
      await expectRefusal(directory.reseal(ours, [], freshEntry()), 'DIRECTORY_READ_ONLY')
      await expectRefusal(directory.erase(ours, ids('customer-1'), freshEntry()), 'DIRECTORY_READ_ONLY')
      expectEqual(await directory.get(ours, ids('customer-1', 'a')), [sampleCustomer()], 'the customers')
    },
    ['readOnlyDirectory'],
  ),
]

/** What a {@link CustomerDirectory} means, sentence by sentence. */
export const customerDirectoryConformance: readonly DirectoryCase[] = [
  ...scanCases,
  ...getCases,
  ...matchingCases,
  ...writeCases,
  ...patchCases,
  ...customerResealCases,
]
