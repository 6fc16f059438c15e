import type { AddressKey } from '../../base/ids.js'
import { asId } from '../as-id.js'
import { sampleCustomer } from '../samples.js'
import { conformanceCase, type DirectoryCase, type DirectorySubject } from './conformance-case.js'
import { expectEqual } from './expectations.js'
import { freshEntry, patchOf } from './seeds.js'

const patchCase = (name: string, run: (subject: DirectorySubject) => Promise<void>): DirectoryCase =>
  conformanceCase(`customers: ${name}`, ['writableDirectory'], run)

/** What a patch removes, and what it writes sealed. */
export const patchCases: readonly DirectoryCase[] = [
  patchCase('a patch of null removes a field, and nothing else', async ({ directory, ours }) => {
    const customer = sampleCustomer({ lastName: 'King', locale: 'it', attributes: { a: 'x', b: 1 } })
    await directory.upsert(ours, [patchOf(customer)], freshEntry())
    const patch = {
      id: customer.id,
      lastName: null,
      addresses: { email: null },
      facts: { orderCount: null },
    }
    await directory.upsert(ours, [{ ...patch, locale: null, attributes: { a: null, c: null } }], freshEntry())
    const { lastName: _lastName, locale: _locale, ...kept } = customer
    const { orderCount: _orderCount, ...facts } = customer.facts
    expectEqual(
      await directory.get(ours, [customer.id]),
      [{ ...kept, addresses: {}, facts, attributes: { b: 1 } }],
      'the customer',
    )
  }),
  patchCase('nobody is told of the keys that come with an address', async ({ directory, ours }) => {
    const customer = sampleCustomer()
    const addressKeys = { email: [asId<AddressKey>(`2026a:${'0f'.repeat(32)}`)] }
    for (const patch of [
      patchOf(customer),
      { id: customer.id, addresses: { email: customer.addresses.email } },
    ])
      await directory.upsert(ours, [{ ...patch, addressKeys }], freshEntry())
    expectEqual(await directory.get(ours, [customer.id]), [customer], 'the customer')
    expectEqual(await directory.scan(ours, { after: null, limit: 1 }), [customer], 'the scanned customer')
  }),
  patchCase(
    'a sealed value is kept byte for byte, in the place of the plain one',
    async ({ directory, ours }) => {
      const customer = sampleCustomer({ attributes: { born: '1815-12-10', city: 'Roma' } })
      await directory.upsert(ours, [patchOf(customer)], freshEntry())
      const sealed = {
        'addresses.email': { seal: '2026a.-_AZaz09==', addressKeys: [asId<AddressKey>('2026a:00FF')] },
        'attributes.born': { seal: ' k.ÄÖ "\\" \u{1F355}\n' },
      }
      const closed = { ...customer, addresses: {}, attributes: { city: 'Roma' }, sealed }
      await directory.upsert(ours, [{ id: customer.id, sealed }], freshEntry())
      expectEqual(await directory.get(ours, [customer.id]), [closed], 'the sealed customer')
      expectEqual(await directory.scan(ours, { after: null, limit: 1 }), [closed], 'the scanned customer')
      await directory.upsert(ours, [{ id: customer.id, tags: ['vip'] }], freshEntry())
      expectEqual(await directory.get(ours, [customer.id]), [{ ...closed, tags: ['vip'] }], 'after a patch')
      const email = 'ada@mail.example'
      await directory.upsert(
        ours,
        [{ id: customer.id, addresses: { email }, attributes: { born: null } }],
        freshEntry(),
      )
      const { sealed: _sealed, ...open } = { ...closed, tags: ['vip'], addresses: { email } }
      expectEqual(await directory.get(ours, [customer.id]), [open], 'the customer with a plain address again')
    },
  ),
]
