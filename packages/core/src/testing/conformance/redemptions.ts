import { DAY_MS } from '../../base/time.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleJournalEntry, sampleRedeemRequest, sampleToken } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { recordsIn, recordsOf, redeem, reverse, SAMPLE_PLACE } from './coupon-calls.js'
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
      expectEqual(
        await storage.coupons.redemptionsByKey(ours, 'receipt-no-1'),
        [redemption],
        'the redemption',
      )
      expectEqual(await storage.coupons.redemptionsByKey(ours, 'none'), [], 'redemptions that are not there')
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
  couponCase('one key takes several tokens, each once', async ({ storage, ours }) => {
    const other = sampleToken({ customerId: 'b' })
    await storage.coupons.issue(ours, [TOKEN, other])
    const first = await redeem(storage, ours)
    const calls = Array.from({ length: 10 }, (_, at) =>
      redeem(storage, ours, { id: `other-${at}`, handle: other.handle }),
    )
    const answers = (await Promise.all(calls)).flatMap((answer) =>
      answer.outcome === 'redeemed' ? [answer] : [],
    )
    expectEqual(answers.length, 10, 'answers for the other token')
    expectEqual(answers.filter(({ repeated }) => !repeated).length, 1, 'answers that were not repeated')
    const again = await redeem(storage, ours, { id: 'again' })
    expectEqual(again, { ...first, repeated: true }, 'the first token again')
    const byHandle = [TOKEN.handle, other.handle].sort()
    const underKey = await storage.coupons.redemptionsByKey(ours, 'receipt-no-1')
    expectEqual(
      underKey.map(({ handle }) => handle),
      byHandle,
      'tokens under the key, by handle',
    )
    await reverse(storage, ours, { handle: other.handle })
    const standing = await storage.coupons.redemptionsByKey(ours, 'receipt-no-1')
    expectEqual(
      standing.map(({ reversedAt }) => reversedAt === null),
      byHandle.map((handle) => handle === TOKEN.handle),
      'redemptions that stand after the other was given back',
    )
  }),
  couponCase('a refusal is not remembered: the same key may succeed later', async ({ storage, ours }) => {
    const token = sampleToken({ validFrom: SAMPLE_NOW + 10 })
    await storage.coupons.issue(ours, [token])
    const at = SAMPLE_NOW + 20
    const early = await redeem(storage, ours, { at: SAMPLE_NOW })
    expectEqual(early.outcome, 'notYetValid', 'before it is valid')
    await redeem(storage, ours, { id: 'r-2', key: 'k-2', at })
    expectEqual((await redeem(storage, ours, { at })).outcome, 'spent', 'while another has it')
    await reverse(storage, ours, { key: 'k-2', handle: token.handle })
    const late = await redeem(storage, ours, { at })
    expectEqual(late.outcome === 'redeemed' && late.repeated, false, 'repeated, when it is free again')
    expectEqual(late.outcome, 'redeemed', 'when it is free again')
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
    expectEqual(await storage.coupons.redemptionsByKey(ours, 'k-19'), [], 'the redemption of a refusal')
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
    expectEqual(await storage.coupons.redemptionsByKey(ours, 'receipt-no-1'), [], 'the redemption')
    expectEqual(await recordsIn(storage, ours), [[], []], 'events and journal')
    expectEqual((await redeem(storage, ours)).outcome, 'redeemed', 'a new try')
    await expectFailure(() => storage.coupons.reverse(ours, SAMPLE_PLACE, SAMPLE_NOW, failing))
    expectEqual(
      (await storage.coupons.redemptionsByKey(ours, 'receipt-no-1'))[0]?.reversedAt,
      null,
      'reversed at',
    )
  }),
]
