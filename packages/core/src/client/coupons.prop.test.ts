import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RedemptionOutcome } from '../model/redemption.js'
import { createPizzeria } from './pizzeria.fixture.js'

const CODE = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/
const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 500 : 25 }
const key = fc.integer({ min: 0, max: 11 }).map((number) => `receipt-${number}`)
const call = fc.record({ type: fc.constantFrom('redeem', 'redeem', 'reverse'), key })
type Call = { readonly type: string; readonly key: string }

async function couponOf(maxRedemptions: number) {
  const { kit, welcome, runCampaign, outbox } = createPizzeria()
  await welcome(1)
  const { id } = await runCampaign({ coupon: { reward: { kind: 'percent', value: 30 }, maxRedemptions } })
  const code = CODE.exec(JSON.stringify(outbox.sent[0]?.content))?.[0] ?? ''
  const make = async ({ type, key: receipt }: Call): Promise<RedemptionOutcome | null> => {
    if (type === 'redeem') return kit.coupons.redeem(code, { by: 'till-3', key: receipt })
    // a key that has taken nothing has nothing to give back
    await kit.coupons.reverse({ key: receipt, by: 'till-3', reason: 'returned' }).catch(() => undefined)
    return null
  }
  return { make, redemptions: async () => (await kit.reports.campaign(id)).counts.redemptions }
}

/** What a till is told by rule: a key's first use is taken while there is room, and a use given back stays so. */
function createRule(maxRedemptions: number) {
  const standing = new Set<string>()
  const reversed = new Set<string>()
  return {
    tell({ type, key: receipt }: Call): string | null {
      if (type === 'reverse') {
        if (standing.delete(receipt)) reversed.add(receipt)
        return null
      }
      if (reversed.has(receipt)) return 'reversed'
      if (!standing.has(receipt) && standing.size >= maxRedemptions) return 'spent'
      standing.add(receipt)
      return 'redeemed'
    },
    standing: () => standing.size,
  }
}

describe('redemptions and reversals', () => {
  it('one after another are told by one rule, however they are mixed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(call, { maxLength: 60 }),
        async (max, calls) => {
          const { make, redemptions } = await couponOf(max)
          const rule = createRule(max)
          for (const each of calls) expect((await make(each))?.outcome ?? null).toBe(rule.tell(each))
          expect(await redemptions()).toBe(rule.standing())
        },
      ),
      runs,
    )
  })

  it('a thousand at once never leave more uses standing than allowed, and each key knows its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(call, { minLength: 1_000, maxLength: 1_000 }),
        async (max, calls) => {
          const { make, redemptions } = await couponOf(max)
          await Promise.all(calls.map(make))
          const keys = [...new Set(calls.map(({ key: receipt }) => receipt))]
          const stood = await redemptions()
          expect(stood).toBeLessThanOrEqual(max)
          const told: (string | undefined)[] = []
          for (const receipt of keys) told.push((await make({ type: 'redeem', key: receipt }))?.outcome)
          // a key that was refused while others had the uses may take one that is free by now
          expect(told.filter((outcome) => outcome === 'redeemed')).toHaveLength(await redemptions())
          expect(await redemptions()).toBeLessThanOrEqual(max)
          const again: (string | undefined)[] = []
          for (const receipt of keys) again.push((await make({ type: 'redeem', key: receipt }))?.outcome)
          expect(again).toEqual(told)
        },
      ),
      { ...runs, numRuns: 5 },
    )
  })
})
