import type { AddressClaim } from '../../ports/storage/audience-store.js'
import { asId } from '../as-id.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectFailure, expectSame, unreadable } from './expectations.js'

const audienceCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`audience: ${name}`, [], run)

function claim(
  customerId: string,
  addressKey = 'k1:a',
  channel: AddressClaim['channel'] = 'email',
): AddressClaim {
  return { customerId: asId(customerId), channel, addressKey: asId(addressKey) }
}

/** What claims of addresses mean in an AudienceStore. */
export const addressCases: readonly StorageCase[] = [
  audienceCase('an address goes to the customer who claims it first', async ({ storage, ours }) => {
    const { audience } = storage
    const lost = await audience.claimAddresses(ours, 'plan', [
      claim('a'),
      claim('b'),
      claim('c', 'k1:c'),
      claim('a'),
    ])
    expectSame(lost, [claim('b')], 'claims that lost')
    expectSame(
      await audience.claimAddresses(ours, 'plan', [claim('b'), claim('a')]),
      [claim('b')],
      'claims that lost again',
    )
    expectEqual(await audience.claimAddresses(ours, 'plan', []), [], 'of no claims')
  }),
  audienceCase('claims of other channels and other plans do not meet', async ({ storage, ours }) => {
    await storage.audience.claimAddresses(ours, 'plan', [claim('a')])
    expectEqual(
      await storage.audience.claimAddresses(ours, 'plan', [claim('b', 'k1:a', 'sms')]),
      [],
      'on sms',
    )
    expectEqual(await storage.audience.claimAddresses(ours, 'plan 2', [claim('b')]), [], 'of another plan')
  }),
  audienceCase('of many who claim one address at once exactly one wins', async ({ storage, ours }) => {
    const rivals = Array.from({ length: 20 }, (_, at) => claim(`customer-${at}`))
    const lost = await Promise.all(
      rivals.map((rival) => storage.audience.claimAddresses(ours, 'plan', [rival])),
    )
    expectEqual(lost.flat().length, 19, 'claims that lost')
  }),
  audienceCase('claims are all or none', async ({ storage, ours }) => {
    const broken = [claim('a'), unreadable(claim('x', 'k1:x'))]
    await expectFailure(() => storage.audience.claimAddresses(ours, 'plan', broken))
    expectEqual(await storage.audience.claimAddresses(ours, 'plan', [claim('b')]), [], 'claims that lost')
  }),
  audienceCase('releasing a plan frees its addresses alone', async ({ storage, ours }) => {
    await storage.audience.claimAddresses(ours, 'plan', [claim('a')])
    await storage.audience.claimAddresses(ours, 'plan 2', [claim('a')])
    await storage.audience.releaseAddresses(ours, 'plan')
    await storage.audience.releaseAddresses(ours, 'no plan')
    expectEqual(await storage.audience.claimAddresses(ours, 'plan', [claim('b')]), [], 'of the released plan')
    expectSame(
      await storage.audience.claimAddresses(ours, 'plan 2', [claim('b')]),
      [claim('b')],
      'of the other plan',
    )
  }),
  conformanceCase(
    'audience.claimAddresses: another tenant with equal ids is untouched',
    [],
    async ({ storage, ours, theirs }) => {
      await storage.audience.claimAddresses(ours, 'plan', [claim('a')])
      const lost = await storage.audience.claimAddresses(theirs, 'plan', [claim('b')])
      expectEqual(lost, [], 'their claims that lost')
    },
  ),
  conformanceCase(
    'audience.releaseAddresses: another tenant with equal ids is untouched',
    [],
    async ({ storage, ours, theirs }) => {
      await storage.audience.claimAddresses(ours, 'plan', [claim('a')])
      await storage.audience.claimAddresses(theirs, 'plan', [claim('a')])
      await storage.audience.releaseAddresses(ours, 'plan')
      const lost = await storage.audience.claimAddresses(theirs, 'plan', [claim('b')])
      expectSame(lost, [claim('b')], 'their claims that lost after our release')
    },
  ),
]
