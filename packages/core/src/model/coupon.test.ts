import { describe, expect, it } from 'vitest'
import { couponSchema } from './coupon.js'
import { parseInput } from './parse.js'

const percent = { kind: 'percent', value: 30 }
const read = (fields: object) => parseInput(couponSchema, { reward: percent, ...fields })

describe('A coupon', () => {
  it('is good for one use unless it says more', () => {
    expect(read({})).toEqual({ reward: percent, maxRedemptions: 1 })
    expect(read({ maxRedemptions: 5, validFor: { days: 30 }, validFrom: 1, terms: 'Once.' })).toMatchObject({
      maxRedemptions: 5,
    })
    expect(read({ validFrom: 1, validUntil: 2 })).toMatchObject({ validFrom: 1, validUntil: 2 })
  })

  it.each([
    { kind: 'percent', value: 100 },
    { kind: 'amount', amountMinor: 500, currency: 'EUR' },
    { kind: 'item', item: 'a tiramisù' },
  ])('gives $kind', (reward) => {
    expect(read({ reward }).reward).toEqual(reward)
  })

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'reward.value', { reward: { kind: 'percent', value: 101 } }],
    ['INVALID_INPUT', 'reward.value', { reward: { kind: 'percent', value: 0 } }],
    [
      'INVALID_INPUT',
      'reward.amountMinor',
      { reward: { kind: 'amount', amountMinor: 0.5, currency: 'EUR' } },
    ],
    ['INVALID_INPUT', 'reward.currency', { reward: { kind: 'amount', amountMinor: 5, currency: 'euro' } }],
    ['INVALID_INPUT', 'reward.item', { reward: { kind: 'item', item: ' ' } }],
    ['INVALID_INPUT', 'reward.kind', { reward: { kind: 'points' } }],
    ['UNKNOWN_FIELD', 'reward.currency', { reward: { ...percent, currency: 'EUR' } }],
    ['INVALID_INPUT', 'validUntil', { validFor: { days: 1 }, validUntil: 5 }],
    ['INVALID_INPUT', 'validUntil', { validFrom: 5, validUntil: 5 }],
    ['INVALID_INPUT', 'validFor.days', { validFor: { days: 0 } }],
    ['INVALID_INPUT', 'maxRedemptions', { maxRedemptions: 0 }],
  ])('is refused with %s at %s', (code, path, fields) => {
    expect(() => read(fields)).toThrow(expect.objectContaining({ code, path }))
  })
})
