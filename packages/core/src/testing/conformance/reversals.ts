import { DAY_MS } from '../../base/time.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleToken } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { recordsIn, redeem, reverse } from './coupon-calls.js'
import { allPages, expectEqual, expectPages, expectPresent, expectSame, expectThat } from './expectations.js'
import { freshEntry } from './seeds.js'

const couponCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`coupons: ${name}`, [], run)
const TOKEN = sampleToken()
const { campaignId: CAMPAIGN } = TOKEN

/** What giving back and cancelling mean in a CouponStore. */
export const reversalCases: readonly StorageCase[] = [
  couponCase('reverse gives one use back, once, with event and journal entry', async ({ storage, ours }) => {
    await storage.coupons.issue(ours, [sampleToken({ maxRedemptions: 2 })])
    await redeem(storage, ours)
    await redeem(storage, ours, { id: 'redemption-2', key: 'receipt-no-2' })
    const at = SAMPLE_NOW + 2 * DAY_MS
    const first = expectPresent(
      (await storage.coupons.redemptionsByKey(ours, 'receipt-no-1'))[0],
      'the redemption',
    )
    const answers = await Promise.all([at, at, at].map((instant) => reverse(storage, ours, {}, instant)))
    expectEqual(
      [...answers, await reverse(storage, ours, {}, at + 5)],
      [1, 2, 3, 4].map(() => ({ ...first, reversedAt: at })),
      'answers',
    )
    const [events, actions] = await recordsIn(storage, ours)
    expectSame(
      events,
      ['redemption:receipt-no-1', 'redemption:receipt-no-2', 'redemption-reversed:receipt-no-1'],
      'events',
    )
    expectSame(actions, ['redemption', 'redemption', 'redemption-reversed'], 'journal')
    const third = await redeem(storage, ours, { id: 'redemption-3', key: 'receipt-no-3' })
    expectEqual(third.outcome === 'redeemed' && third.used, 2, 'uses after the one that was given back')
    expectEqual(
      (await redeem(storage, ours, { id: 'redemption-4', key: 'receipt-no-4' })).outcome,
      'spent',
      'one more',
    )
  }),
  couponCase('uses are the redemptions that stand', async ({ storage, ours, theirs }) => {
    await storage.coupons.issue(ours, [sampleToken({ maxRedemptions: 3 })])
    await storage.coupons.issue(theirs, [TOKEN])
    const uses = () => storage.coupons.uses(ours, TOKEN.handle)
    expectEqual(await uses(), 0, 'uses before the first')
    await redeem(storage, ours)
    await redeem(storage, ours)
    await redeem(storage, ours, { id: 'redemption-2', key: 'receipt-no-2' })
    expectEqual(await uses(), 2, 'uses under two keys, one of them twice')
    await reverse(storage, ours)
    await reverse(storage, ours)
    expectEqual(await uses(), 1, 'uses after one was given back, twice')
    expectEqual(await storage.coupons.uses(ours, 'C4MP-NONE'), 0, 'uses of no token')
    expectEqual(await storage.coupons.uses(theirs, TOKEN.handle), 0, 'uses of the other tenant')
  }),
  couponCase('reverse of an unknown key or token is null', async ({ storage, ours }) => {
    await storage.coupons.issue(ours, [TOKEN])
    await redeem(storage, ours)
    expectEqual(await reverse(storage, ours, { key: 'none' }), null, 'the answer for another key')
    expectEqual(await reverse(storage, ours, { handle: 'C4MP-NONE' }), null, 'the answer for another token')
    const written = (await recordsIn(storage, ours)).map(({ length }) => length)
    expectEqual(written, [1, 1], 'events and journal')
  }),
  couponCase('a key whose redemption was reversed is told so and takes no use', async ({ storage, ours }) => {
    await storage.coupons.issue(ours, [TOKEN])
    await redeem(storage, ours)
    const redemption = await reverse(storage, ours)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => redeem(storage, ours, { id: `late-${at}` })),
    )
    expectEqual(
      answers,
      answers.map(() => ({ outcome: 'reversed', token: TOKEN, redemption })),
      'late retries',
    )
    expectEqual(
      (await recordsIn(storage, ours)).map(({ length }) => length),
      [2, 2],
      'events and journal',
    )
    const next = await redeem(storage, ours, { id: 'r-2', key: 'k-2' })
    expectEqual(next.outcome === 'redeemed' && next.used, 1, 'uses with the one that was given back')
    const again = await redeem(storage, ours, { id: 'late' })
    expectEqual(again.outcome, 'reversed', 'a late retry while another has the use')
  }),
  couponCase('a key that was told of its reversal is told so for good', async ({ storage, ours }) => {
    const token = sampleToken({ expiresAt: SAMPLE_NOW + 3 * DAY_MS })
    await storage.coupons.issue(ours, [token])
    await redeem(storage, ours)
    await reverse(storage, ours)
    const early = await redeem(storage, ours, { at: SAMPLE_NOW - 9 * DAY_MS })
    expectEqual(early.outcome, 'reversed', 'before the coupon was valid')
    expectEqual((await redeem(storage, ours, { at: SAMPLE_NOW + 9 * DAY_MS })).outcome, 'reversed', 'expired')
    await storage.coupons.cancel(ours, CAMPAIGN, SAMPLE_NOW, freshEntry())
    expectEqual((await redeem(storage, ours)).outcome, 'reversed', 'cancelled')
  }),
  couponCase(
    'of many who redeem and give back at once never more stand than are allowed',
    async ({ storage, ours }) => {
      const maxRedemptions = 3
      await storage.coupons.issue(ours, [sampleToken({ maxRedemptions })])
      const giveBack = async (key: string) => {
        await reverse(storage, ours, { key })
        return redeem(storage, ours, { id: `late ${key}`, key })
      }
      const decisions = await Promise.all(
        Array.from({ length: 200 }, (_, at) => `key-${at}`).flatMap((key, at) => {
          const first = redeem(storage, ours, { id: `redemption of ${key}`, key })
          return at < 190 ? [first, giveBack(key)] : [first]
        }),
      )
      const used = decisions.flatMap((decision) => (decision.outcome === 'redeemed' ? [decision.used] : []))
      expectThat(
        used.every((uses) => uses >= 1 && uses <= maxRedemptions),
        'uses within what is allowed',
        used,
      )
      const all = await allPages((page) => storage.coupons.redemptions(ours, CAMPAIGN, page))
      const standing = all.filter(({ reversedAt }) => reversedAt === null)
      expectThat(standing.length <= maxRedemptions, 'redemptions that stand are allowed', standing.length)
      const answers = await Promise.all(
        all.map(({ key }) => redeem(storage, ours, { id: `again ${key}`, key })),
      )
      expectEqual(
        answers.map(({ outcome }) => outcome),
        all.map(({ reversedAt }) => (reversedAt === null ? 'redeemed' : 'reversed')),
        'what the keys are told',
      )
      const [events] = await recordsIn(storage, ours)
      expectEqual(events.length, 2 * all.length - standing.length, 'events')
    },
  ),
  couponCase(
    'cancel makes every token of the campaign answer so from the instant on',
    async ({ storage, ours }) => {
      const other = sampleToken({ customerId: 'b', campaignId: 'campaign-2', runId: 'run-2' })
      const tokens = [TOKEN, sampleToken({ customerId: 'c' }), other]
      await storage.coupons.issue(ours, tokens)
      const at = SAMPLE_NOW + 10
      await storage.coupons.cancel(ours, CAMPAIGN, at, freshEntry())
      const cancelled = { ...TOKEN, cancelledAt: at }
      expectEqual(await storage.coupons.byHandle(ours, TOKEN.handle), cancelled, 'the token')
      expectEqual(await storage.coupons.byHandle(ours, other.handle), other, 'a token of another campaign')
      const decision = await redeem(storage, ours, { at })
      expectEqual(decision, { outcome: 'cancelled', token: cancelled }, 'the decision')
      expectEqual((await redeem(storage, ours, { at: at - 1 })).outcome, 'redeemed', 'before the instant')
      const [, actions] = await recordsIn(storage, ours)
      expectEqual(actions.length, 2, 'journal entries')
    },
  ),
  couponCase('redemptions go oldest first, then by id, to the very end', async ({ storage, ours }) => {
    const elsewhere = sampleToken({ customerId: 'x', campaignId: 'campaign-2', runId: 'run-2' })
    await storage.coupons.issue(ours, [sampleToken({ maxRedemptions: 50 }), elsewhere])
    await redeem(storage, ours, { id: 'elsewhere', key: 'elsewhere', handle: elsewhere.handle })
    const offsets = [5, 3, 3, 9, 3, 1, 5]
    for (const [at, offset] of offsets.entries()) {
      await redeem(storage, ours, { id: `r-${9 - at}`, key: `k-${at}`, at: SAMPLE_NOW + offset })
    }
    const keys = ['k-5', 'k-4', 'k-2', 'k-1', 'k-6', 'k-0', 'k-3']
    const expected = (
      await Promise.all(keys.map((key) => storage.coupons.redemptionsByKey(ours, key)))
    ).flat()
    await expectPages((page) => storage.coupons.redemptions(ours, CAMPAIGN, page), expected, 'redemptions')
    await expectPages(
      (page) => storage.coupons.redemptions(ours, asId('campaign-3'), page),
      [],
      'of no campaign',
    )
  }),
]
