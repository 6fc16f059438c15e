import { byCodePoints } from '../../base/by-code-points.js'
import type { AddressKey, CustomerId } from '../../base/ids.js'
import type { CustomerReseal } from '../../model/reseal.js'
import { asId } from '../as-id.js'
import { sampleCustomer, sampleToken } from '../samples.js'
import {
  conformanceCase,
  type DirectoryCase,
  type DirectorySubject,
  type StorageCase,
  type StorageSubject,
} from './conformance-case.js'
import { redeem } from './coupon-calls.js'
import { expectEqual, expectPages, expectThat } from './expectations.js'
import { freshEntry, patchOf } from './seeds.js'

const customerCase = (name: string, run: (subject: DirectorySubject) => Promise<void>): DirectoryCase =>
  conformanceCase(`customers: ${name}`, ['writableDirectory'], run)
const couponCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`coupons: ${name}`, [], run)

const ADA = asId<CustomerId>('a')
const SEALED = {
  'addresses.email': { seal: 'old.email', addressKeys: [asId<AddressKey>('old:1')] },
  'attributes.born': { seal: 'old.born' },
}
const ofEmail = (replaces: string, seal: string): CustomerReseal => ({
  customerId: ADA,
  path: 'addresses.email',
  replaces,
  value: { seal, addressKeys: [asId<AddressKey>('new:1'), asId<AddressKey>('old:1')] },
})
const ofBorn = (replaces: string, seal: string): CustomerReseal => ({
  customerId: ADA,
  path: 'attributes.born',
  replaces,
  value: { seal },
})

async function seedSealed({ directory, ours }: DirectorySubject) {
  const { addresses: _addresses, ...customer } = sampleCustomer({ id: 'a' })
  await directory.upsert(ours, [{ ...patchOf({ ...customer, addresses: {} }), sealed: SEALED }], freshEntry())
  return { ...customer, addresses: {}, sealed: SEALED }
}

/** What resealing means in a CustomerDirectory. */
export const customerResealCases: readonly DirectoryCase[] = [
  customerCase('reseal replaces seals that stand, with their keys, and nothing else', async (subject) => {
    const { directory, ours } = subject
    const customer = await seedSealed(subject)
    const reseals = [ofEmail('old.email', 'new.email'), ofBorn('old.born', 'new.born')]
    expectEqual(await directory.reseal(ours, reseals, freshEntry()), 2, 'seals replaced')
    const [email, born] = reseals.map(({ value }) => value)
    const resealed = { ...customer, sealed: { 'addresses.email': email, 'attributes.born': born } }
    expectEqual(await directory.get(ours, [ADA]), [resealed], 'the customer')
    expectEqual(await directory.reseal(ours, reseals, freshEntry()), 0, 'seals replaced again')
    expectEqual(await directory.reseal(ours, [], freshEntry()), 0, 'seals replaced of none')
    expectEqual(await directory.get(ours, [ADA]), [resealed], 'the customer afterwards')
  }),
  customerCase('reseal leaves what was written meanwhile, and makes nobody', async (subject) => {
    const { directory, ours } = subject
    const customer = await seedSealed(subject)
    const reseals = [
      ofEmail('old.email', 'new.email'),
      ofBorn('old.born', 'new.born'),
      { ...ofBorn('old.born', 'new.born'), customerId: asId<CustomerId>('nobody') },
    ]
    const email = 'new@mail.example'
    const other = { seal: 'old.another' }
    const patch = { id: ADA, addresses: { email }, sealed: { 'attributes.born': other } }
    await directory.upsert(ours, [patch], freshEntry())
    expectEqual(await directory.reseal(ours, reseals, freshEntry()), 0, 'seals replaced')
    const kept = { ...customer, addresses: { email }, sealed: { 'attributes.born': other } }
    expectEqual(await directory.scan(ours, { after: null, limit: 10 }), [kept], 'all customers')
    await directory.erase(ours, [ADA], freshEntry())
    expectEqual(
      await directory.reseal(ours, [ofBorn('old.another', 'new.born')], freshEntry()),
      0,
      'of one erased',
    )
    expectEqual(await directory.scan(ours, { after: null, limit: 10 }), [], 'all customers afterwards')
  }),
  customerCase('of seals and patches at once no patch is lost', async (subject) => {
    const { directory, ours } = subject
    await seedSealed(subject)
    const names = Array.from({ length: 20 }, (_, at) => `n${at}`)
    const written = { 'addresses.email': { seal: 'old.written' } }
    const replaced = await Promise.all([
      ...names.map((name) =>
        directory.upsert(ours, [{ id: ADA, attributes: { [name]: true } }], freshEntry()),
      ),
      directory.reseal(ours, [ofEmail('old.email', 'new.email')], freshEntry()),
      directory.reseal(ours, [ofBorn('old.born', 'new.born')], freshEntry()),
      directory.reseal(ours, [ofBorn('old.born', 'new.twice')], freshEntry()),
      directory.upsert(ours, [{ id: ADA, sealed: written }], freshEntry()),
    ])
    const [customer] = await directory.get(ours, [ADA])
    expectEqual(customer?.sealed?.['addresses.email']?.seal, 'old.written', 'the seal that was written')
    const counted = replaced.filter((answer) => typeof answer === 'number')
    expectEqual((counted[1] ?? 0) + (counted[2] ?? 0), 1, 'reseals of one seal that succeeded')
    const missing = names.filter((name) => customer?.attributes[name] !== true)
    expectEqual(missing, [], 'attributes that were lost')
  }),
]

const tokenOf = (customerId: string, sealed: string) =>
  sampleToken({ customerId, sealed, maxRedemptions: 2, handle: `C4MP-${customerId}` })

/** What resealing means in a CouponStore. */
export const couponResealCases: readonly StorageCase[] = [
  couponCase(
    'sealedOtherwise goes by handle to the very end, whatever the page',
    async ({ storage, ours }) => {
      const stale = ['d', 'B', 'a', 'é', 'c', 'b', '_'].map((name) => tokenOf(name, `old.${name}`))
      // an id that begins like another one is another one, and what stands in no pattern stands for itself
      const alike = [tokenOf('x', 'new2.x'), tokenOf('y', 'NEW.y'), tokenOf('z', 'n_w.z')]
      const current = ['e', 'A'].map((name) => tokenOf(name, `new.${name}`))
      await storage.coupons.issue(ours, [...stale, ...alike, ...current])
      const byHandle = (left: { handle: string }, right: { handle: string }) =>
        byCodePoints(left.handle, right.handle)
      await expectPages(
        (page) => storage.coupons.sealedOtherwise(ours, 'new', page),
        [...stale, ...alike].sort(byHandle),
        'tokens under other keys',
      )
      const all = [...stale, ...alike, ...current].sort(byHandle)
      await expectPages(
        (page) => storage.coupons.sealedOtherwise(ours, 'n%w', page),
        all,
        'under none of these',
      )
    },
  ),
  couponCase('reseal replaces a seal that still stands, and nothing else', async ({ storage, ours }) => {
    const [a, b] = [tokenOf('a', 'old.a'), tokenOf('b', 'old.b')]
    await storage.coupons.issue(ours, [a, b])
    await redeem(storage, ours, { handle: a.handle })
    const reseals = [
      { handle: a.handle, replaces: 'old.a', sealed: 'new.a' },
      { handle: 'C4MP-NONE', replaces: 'old.a', sealed: 'new.none' },
    ]
    expectEqual(await storage.coupons.reseal(ours, reseals, freshEntry()), 1, 'seals replaced')
    const resealed = { ...a, sealed: 'new.a' }
    expectEqual(await storage.coupons.byHandle(ours, a.handle), resealed, 'the token')
    expectEqual(await storage.coupons.byHandle(ours, b.handle), b, 'the other token')
    expectEqual(
      await storage.coupons.ofRun(ours, a.runId, [a.customerId]),
      [resealed],
      'the token of its customer',
    )
    expectEqual(await storage.coupons.issue(ours, [tokenOf('a', 'old.redrawn')]), [resealed], 'issued again')
    const next = await redeem(storage, ours, { id: 'r-2', key: 'k-2', handle: a.handle })
    expectEqual(next.outcome === 'redeemed' && next.used, 2, 'uses')
    const late = [{ handle: a.handle, replaces: 'old.a', sealed: 'new.late' }]
    expectEqual(await storage.coupons.reseal(ours, late, freshEntry()), 0, 'seals replaced too late')
    expectEqual(await storage.coupons.byHandle(ours, a.handle), resealed, 'the token afterwards')
  }),
  couponCase('of many who reseal one token at once exactly one succeeds', async ({ storage, ours }) => {
    await storage.coupons.issue(ours, [tokenOf('a', 'old.a')])
    const seals = Array.from({ length: 20 }, (_, at) => `new.${at}`)
    const answers = await Promise.all(
      seals.map((sealed) =>
        storage.coupons.reseal(ours, [{ handle: 'C4MP-a', replaces: 'old.a', sealed }], freshEntry()),
      ),
    )
    expectEqual(answers.filter((replaced) => replaced === 1).length, 1, 'calls that replaced the seal')
    const sealed = (await storage.coupons.byHandle(ours, 'C4MP-a'))?.sealed
    expectThat(sealed === seals[answers.indexOf(1)], 'the seal of the call that succeeded', sealed)
  }),
]
