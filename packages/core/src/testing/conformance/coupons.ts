import type { CustomerId } from '../../base/ids.js'
import { asId } from '../as-id.js'
import { sampleToken } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { redeem } from './coupon-calls.js'
import { expectEqual, expectFailure, expectSame, tamperWith, unreadable } from './expectations.js'
import { UNRULY_IDS } from './seeds.js'

const couponCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`coupons: ${name}`, [], run)
const TOKEN = sampleToken()
const { runId: RUN } = TOKEN
const customers = (...texts: readonly string[]): CustomerId[] => texts.map((text) => asId(text))

/** What tokens mean in a CouponStore. */
export const couponCases: readonly StorageCase[] = [
  couponCase(
    'issue keeps the token that a customer has in the run, and gives those that stand, in order',
    async ({ storage, ours }) => {
      const other = sampleToken({
        customerId: 'b',
        reward: { kind: 'item', item: 'tiramisù' },
        expiresAt: null,
      })
      expectEqual(await storage.coupons.issue(ours, [TOKEN]), [TOKEN], 'tokens that stand')
      const redrawn = sampleToken({ handle: 'C4MP-REDRAWN', hash: 'ff', sealed: 'test.ff' })
      const drafts = [other, redrawn, sampleToken({ customerId: 'b', handle: 'C4MP-TWICE' })]
      expectEqual(
        await storage.coupons.issue(ours, drafts),
        [other, TOKEN, other],
        'tokens that stand after a second call',
      )
      expectEqual(await storage.coupons.issue(ours, []), [], 'tokens of no drafts')
      expectEqual(await storage.coupons.byHandle(ours, redrawn.handle), null, 'the token that was not needed')
      expectEqual(await storage.coupons.byHandle(ours, other.handle), other, 'a token by its handle')
      expectEqual(await storage.coupons.byHandle(ours, 'none'), null, 'a token of no handle')
    },
  ),
  couponCase('many who issue for one customer at once are given one token', async ({ storage, ours }) => {
    const drafts = Array.from({ length: 10 }, (_, at) => sampleToken({ handle: `C4MP-${at}` }))
    const stood = await Promise.all(drafts.map((draft) => storage.coupons.issue(ours, [draft])))
    expectEqual(new Set(stood.flat().map(({ handle }) => handle)).size, 1, 'tokens that stand')
  }),
  couponCase('issue is all or none', async ({ storage, ours }) => {
    await expectFailure(() =>
      storage.coupons.issue(ours, [TOKEN, unreadable(sampleToken({ customerId: 'b' }))]),
    )
    expectEqual(await storage.coupons.byHandle(ours, TOKEN.handle), null, 'the token after a failed call')
  }),
  couponCase('ofRun gives the tokens of customers in the run', async ({ storage, ours }) => {
    const tokens = UNRULY_IDS.map((customerId) => sampleToken({ customerId }))
    const second = sampleToken({ runId: 'run-2', customerId: 'a' })
    await storage.coupons.issue(ours, [...tokens, second])
    expectSame(await storage.coupons.ofRun(ours, RUN, customers(...UNRULY_IDS, 'nobody')), tokens, 'tokens')
    expectEqual(
      await storage.coupons.ofRun(ours, second.runId, customers('a', 'A')),
      [second],
      'tokens of another run',
    )
    expectEqual(await storage.coupons.ofRun(ours, RUN, []), [], 'tokens of nobody')
  }),
  couponCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    const expected: unknown = JSON.parse(JSON.stringify(TOKEN))
    tamperWith(await storage.coupons.issue(ours, [sampleToken()]))
    tamperWith(await storage.coupons.byHandle(ours, 'C4MP-0'))
    tamperWith(await storage.coupons.ofRun(ours, asId('run-1'), customers('customer-1')))
    tamperWith(await redeem(storage, ours))
    tamperWith(await storage.coupons.redemptionsByKey(ours, 'receipt-no-1'))
    expectEqual(
      await storage.coupons.ofRun(ours, asId('run-1'), customers('customer-1')),
      [expected],
      'the token',
    )
    expectEqual(
      (await storage.coupons.redemptionsByKey(ours, 'receipt-no-1'))[0]?.by,
      'till-3',
      'who took the redemption',
    )
  }),
]
