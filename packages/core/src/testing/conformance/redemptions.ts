import { DAY_MS } from '../../base/time.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleJournalEntry, sampleRedeemRequest, sampleToken } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { recordsIn, recordsOf, redeem } from './coupon-calls.js'
import { expectEqual, expectFailure, expectSame, expectThat, unreadable } from './expectations.js'

const couponCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`coupons: ${name}`, [], run)
const TOKEN = sampleToken()
const { runId: RUN, campaignId: CAMPAIGN } = TOKEN

/** What redeeming means in a CouponStore. */
export const redemptionCases: readonly StorageCase[] = [
  couponCase(
    'redeem writes the redemption with its event and its journal entry',
    async ({ storage, ours }) => {
      await storage.coupons.issue(ours, [TOKEN])
      const amount = { amountMinor: 1_850, currency: 'EUR' }
      const decision = await redeem(storage, ours, { amount })
      const redemption = {
        id: 'redemption-1',
        key: 'receipt-no-1',
        handle: TOKEN.handle,
        campaignId: CAMPAIGN,
        runId: RUN,
        customerId: TOKEN.customerId,
        at: SAMPLE_NOW + DAY_MS,
        by: 'till-3',
        amount,
        reversedAt: null,
      }
      expectEqual(
        decision,
        { outcome: 'redeemed', token: TOKEN, redemption, used: 1, repeated: false },
        'the decision',
      )
      expectEqual(await storage.coupons.redemptionByKey(ours, 'receipt-no-1'), redemption, 'the redemption')
      expectEqual(await storage.coupons.redemptionByKey(ours, 'none'), null, 'a redemption that is not there')
      expectEqual(
        await recordsIn(storage, ours),
        [['redemption:receipt-no-1'], ['redemption']],
        'events and journal',
      )
    },
  ),
  couponCase('of a thousand who redeem one token at once exactly one succeeds', async ({ storage, ours }) => {
    await storage.coupons.issue(ours, [TOKEN])
    const calls = Array.from({ length: 1_000 }, (_, at) =>
      redeem(storage, ours, { id: `redemption-${at}`, key: `key-${at}` }),
    )
    const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome)
    expectEqual(outcomes.filter((outcome) => outcome === 'redeemed').length, 1, 'redeemed')
    expectEqual(outcomes.filter((outcome) => outcome === 'spent').length, 999, 'spent')
    const [events, entries] = await recordsIn(storage, ours)
    expectEqual([events.length, entries.length], [1, 1], 'events and journal entries')
  }),
  couponCase(
    'of many who redeem a token of several uses at once just so many succeed',
    async ({ storage, ours }) => {
      await storage.coupons.issue(ours, [sampleToken({ maxRedemptions: 7 })])
      const calls = Array.from({ length: 50 }, (_, at) =>
        redeem(storage, ours, { id: `redemption-${at}`, key: `key-${at}` }),
      )
      const decisions = await Promise.all(calls)
      const used = decisions.flatMap((decision) => (decision.outcome === 'redeemed' ? [decision.used] : []))
      expectSame(used, [1, 2, 3, 4, 5, 6, 7], 'uses that were counted')
    },
  ),
  couponCase('the same key gets the same redemption and writes nothing', async ({ storage, ours }) => {
    await storage.coupons.issue(ours, [sampleToken({ maxRedemptions: 3 })])
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => redeem(storage, ours, { id: `redemption-${at}` })),
    )
    const late = await redeem(storage, ours, { id: 'late', at: SAMPLE_NOW + 99 * DAY_MS, by: 'till-9' })
    const redeemed = [...answers, late].map((answer) => {
      expectThat(answer.outcome === 'redeemed', 'redeemed', answer)
      return answer
    })
    expectEqual(redeemed.filter(({ repeated }) => !repeated).length, 1, 'answers that were not repeated')
    expectEqual(new Set(redeemed.map(({ redemption }) => JSON.stringify(redemption))).size, 1, 'redemptions')
    expectEqual(late.outcome === 'redeemed' && late.used, 1, 'uses')
    expectEqual(
      await recordsIn(storage, ours),
      [['redemption:receipt-no-1'], ['redemption']],
      'events and journal',
    )
  }),
  couponCase('a key that was used for another token is unknown', async ({ storage, ours }) => {
    const other = sampleToken({ customerId: 'b' })
    await storage.coupons.issue(ours, [TOKEN, other])
    await redeem(storage, ours)
    expectEqual(
      await redeem(storage, ours, { id: 'r-2', handle: other.handle }),
      { outcome: 'unknown' },
      'the decision',
    )
    expectEqual(
      (await redeem(storage, ours, { id: 'r-3', key: 'k-3', handle: other.handle })).outcome,
      'redeemed',
      'its own',
    )
  }),
  couponCase('a refusal says why and writes nothing', async ({ storage, ours }) => {
    const token = sampleToken({ validFrom: SAMPLE_NOW + 10, expiresAt: SAMPLE_NOW + 20 })
    await storage.coupons.issue(ours, [token])
    const at = (offset: number) =>
      redeem(storage, ours, { id: `r-${offset}`, key: `k-${offset}`, at: SAMPLE_NOW + offset })
    expectEqual(await at(9), { outcome: 'notYetValid', token }, 'before it is valid')
    expectEqual(await at(20), { outcome: 'expired', token }, 'at its end')
    expectEqual(
      await redeem(storage, ours, { handle: 'C4MP-NONE' }),
      { outcome: 'unknown' },
      'an unknown handle',
    )
    expectEqual(await recordsIn(storage, ours), [[], []], 'events and journal after refusals')
    expectEqual((await at(10)).outcome, 'redeemed', 'from its first instant')
    expectEqual(await at(19), { outcome: 'spent', token }, 'once spent')
    expectEqual(await storage.coupons.redemptionByKey(ours, 'k-19'), null, 'the redemption of a refusal')
    expectEqual(
      (await recordsIn(storage, ours)).map(({ length }) => length),
      [1, 1],
      'events and journal',
    )
  }),
  couponCase('a redemption whose records cannot be made is not written', async ({ storage, ours }) => {
    await storage.coupons.issue(ours, [TOKEN])
    const failing = () => {
      throw new Error('no records')
    }
    await expectFailure(() => storage.coupons.redeem(ours, sampleRedeemRequest(), failing))
    await expectFailure(() =>
      storage.coupons.redeem(ours, sampleRedeemRequest(), (_token, redemption) => ({
        ...recordsOf('redemption', redemption),
        entry: unreadable(sampleJournalEntry()),
      })),
    )
    expectEqual(await storage.coupons.redemptionByKey(ours, 'receipt-no-1'), null, 'the redemption')
    expectEqual(await recordsIn(storage, ours), [[], []], 'events and journal')
    expectEqual((await redeem(storage, ours)).outcome, 'redeemed', 'a new try')
    await expectFailure(() => storage.coupons.reverse(ours, 'receipt-no-1', SAMPLE_NOW, failing))
    expectEqual(
      (await storage.coupons.redemptionByKey(ours, 'receipt-no-1'))?.reversedAt,
      null,
      'reversed at',
    )
  }),
]
