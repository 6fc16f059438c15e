import { describe, expect, it } from 'vitest'
import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import { parseInput } from './parse.js'
import type { QrToken } from './qr-token.js'
import { redeemOptionsSchema, refuseRedemption, reverseOptionsSchema } from './redemption.js'

const token: QrToken = {
  runId: 'r-1' as RunId,
  campaignId: 'k-1' as CampaignId,
  customerId: 'c-1' as CustomerId,
  handle: 'AAAA-BBBB',
  hash: '',
  sealed: '',
  reward: { kind: 'percent', value: 10 },
  issuedAt: 100,
  validFrom: 100,
  expiresAt: 200,
  maxRedemptions: 2,
  cancelledAt: null,
}

describe('The redeem rule', () => {
  it('takes a code from its first instant until before its last', () => {
    expect([99, 100, 199, 200].map((at) => refuseRedemption(token, 0, at))).toEqual([
      'notYetValid',
      null,
      null,
      'expired',
    ])
    expect(refuseRedemption({ ...token, expiresAt: null }, 0, 1e15)).toBeNull()
  })

  it('takes a code as often as it allows', () => {
    expect([0, 1, 2, 3].map((used) => refuseRedemption(token, used, 150))).toEqual([
      null,
      null,
      'spent',
      'spent',
    ])
  })

  it('says cancelled before all else, from the instant of the cancelling on', () => {
    const cancelled = { ...token, cancelledAt: 150 }
    expect(refuseRedemption(cancelled, 0, 149)).toBeNull()
    expect(refuseRedemption(cancelled, 9, 150)).toBe('cancelled')
    expect(refuseRedemption(cancelled, 9, 300)).toBe('cancelled')
  })

  it('says expired before spent', () => {
    expect(refuseRedemption(token, 2, 250)).toBe('expired')
  })
})

describe('What a till passes', () => {
  it('is read as it is', () => {
    const options = { by: 'till-3', key: 'receipt 7', at: 5, amount: { amountMinor: 1_250, currency: 'EUR' } }
    expect(parseInput(redeemOptionsSchema, options)).toEqual(options)
    expect(
      parseInput(reverseOptionsSchema, { by: 'till-3', key: 'receipt 7', reason: 'returned' }),
    ).toMatchObject({ key: 'receipt 7' })
  })

  it('is refused when it does not fit', () => {
    const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })
    expect(() => parseInput(redeemOptionsSchema, { by: '', key: 'k' })).toThrow(refused('by'))
    expect(() => parseInput(redeemOptionsSchema, { by: 'b' })).toThrow(refused('key'))
    expect(() =>
      parseInput(redeemOptionsSchema, { by: 'b', key: 'k', amount: { amountMinor: 0.5, currency: 'EUR' } }),
    ).toThrow(refused('amount.amountMinor'))
    expect(() => parseInput(reverseOptionsSchema, { by: 'b', key: 'k', reason: ' ' })).toThrow(
      refused('reason'),
    )
  })
})
