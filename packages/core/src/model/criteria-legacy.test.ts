import { describe, expect, it } from 'vitest'
import { isLegacyCriteria } from './criteria-legacy.js'
import { readCriteria } from './criteria-schema.js'

const refused = (code: string, path: string) => expect.objectContaining({ code, path })

describe('The older shapes', () => {
  it.each<[string, unknown]>([
    ['ALL', { type: 'everyone' }],
    [' all ', { type: 'everyone' }],
    ['vip', { type: 'tags', match: 'any', tags: ['vip'] }],
    ['VIP, pizza-lover,, vip ', { type: 'tags', match: 'any', tags: ['pizza-lover', 'vip'] }],
    ['all, vip', { type: 'tags', match: 'any', tags: ['all', 'vip'] }],
  ])('read the text %j', (text, tree) => {
    expect(readCriteria(text)).toEqual(tree)
  })

  it('read an object as the conjunction of its parts', () => {
    expect(
      readCriteria({
        tags: ['Pizza-Lover', 'vip'],
        purchase_history: { ordered_in_last_days: 30, min_order_count: 3 },
        conversation_activity: { active_in_last_days: 7, status: 'open' },
      }),
    ).toEqual({
      type: 'all',
      of: [
        { type: 'tags', match: 'any', tags: ['pizza-lover', 'vip'] },
        { type: 'within', fact: 'lastOrderAt', days: 30 },
        { type: 'fact', fact: 'orderCount', op: '>=', value: 3 },
        { type: 'within', fact: 'lastConversationAt', days: 7 },
        { type: 'conversation', status: 'open' },
      ],
    })
  })

  it.each<[unknown, unknown]>([
    [{ tags: 'ALL' }, { type: 'everyone' }],
    [{ tags: 'a,b' }, { type: 'tags', match: 'any', tags: ['a', 'b'] }],
    [{ purchase_history: { min_order_count: 0 } }, { type: 'fact', fact: 'orderCount', op: '>=', value: 0 }],
    [{ purchase_history: { ordered_in_last_days: 1 } }, { type: 'within', fact: 'lastOrderAt', days: 1 }],
    [{ conversation_activity: { status: 'closed' } }, { type: 'conversation', status: 'closed' }],
    [
      { conversation_activity: { active_in_last_days: 2 }, tags: undefined },
      { type: 'within', fact: 'lastConversationAt', days: 2 },
    ],
  ])('read a single part as itself: %j', (input, tree) => {
    expect(readCriteria(input)).toEqual(tree)
  })

  it.each<[string, string, unknown]>([
    ['CRITERIA_INVALID', '', ''],
    ['CRITERIA_INVALID', '', ' , '],
    ['CRITERIA_INVALID', '[0]', 'x'.repeat(129)],
    ['CRITERIA_INVALID', '', { tags: undefined }],
    ['CRITERIA_INVALID', '', { purchase_history: {}, conversation_activity: {} }],
    ['CRITERIA_INVALID', 'tags', { tags: [] }],
    ['CRITERIA_INVALID', 'tags', { tags: ' ', purchase_history: { min_order_count: 1 } }],
    ['CRITERIA_INVALID', 'tags', { tags: 5 }],
    ['CRITERIA_INVALID', 'tags', { tags: null }],
    ['CRITERIA_INVALID', 'purchase_history', { purchase_history: null }],
    [
      'CRITERIA_INVALID',
      'purchase_history.ordered_in_last_days',
      { purchase_history: { ordered_in_last_days: Number.NaN } },
    ],
    ['CRITERIA_INVALID', 'purchase_history.min_order_count', { purchase_history: { min_order_count: 1.5 } }],
    ['CRITERIA_INVALID', 'conversation_activity.status', { conversation_activity: { status: '' } }],
    ['UNKNOWN_FIELD', 'purchase_history.min_orders', { purchase_history: { min_orders: 1 } }],
    ['UNKNOWN_FIELD', 'location', { tags: ['a'], location: 'Roma' }],
    ['UNKNOWN_FIELD', '__proto__', JSON.parse('{"tags":["a"],"__proto__":{"type":"everyone"}}')],
  ])('are refused with %s at %j when they do not fit', (code, path, input) => {
    expect(() => readCriteria(input)).toThrow(refused(code, path))
  })

  it('are refused below the given path', () => {
    expect(() => readCriteria({ purchase_history: {} }, 'audience')).toThrow(
      refused('CRITERIA_INVALID', 'audience'),
    )
    expect(() => readCriteria({ tags: '' }, 'audience')).toThrow(refused('CRITERIA_INVALID', 'audience.tags'))
  })

  it('are told from trees by the missing type and one known field', () => {
    expect(isLegacyCriteria({ tags: ['a'] })).toBe(true)
    expect(isLegacyCriteria({ type: 'tags', tags: ['a'], match: 'any' })).toBe(false)
    expect(isLegacyCriteria(Object.create({ tags: ['a'] }))).toBe(false)
    for (const value of [null, undefined, 'ALL', 5, [], {}]) expect(isLegacyCriteria(value)).toBe(false)
  })
})
