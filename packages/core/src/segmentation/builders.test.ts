import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import type { Criteria } from '../model/criteria.js'
import { readCriteria } from '../model/criteria-schema.js'
import * as build from './builders.js'

function refusal(make: () => Criteria): string {
  try {
    make()
    return 'accepted'
  } catch (thrown) {
    return isCampaignKitError(thrown) ? `${thrown.code} ${thrown.path}` : 'FOREIGN'
  }
}

describe('Builders', () => {
  it('write the tree', () => {
    expect(build.everyone()).toEqual({ type: 'everyone' })
    expect(build.tag(' VIP ')).toEqual({ type: 'tags', match: 'any', tags: ['vip'] })
    expect(build.anyTag('b', 'a', 'B')).toEqual({ type: 'tags', match: 'any', tags: ['a', 'b'] })
    expect(build.allTags('a', 'b')).toEqual({ type: 'tags', match: 'all', tags: ['a', 'b'] })
    expect(build.noTags('a')).toEqual({ type: 'tags', match: 'none', tags: ['a'] })
    expect(build.orderedWithin({ days: 7 })).toEqual({ type: 'within', fact: 'lastOrderAt', days: 7 })
    expect(build.loggedInWithin({ days: 7 })).toEqual({ type: 'within', fact: 'lastLoginAt', days: 7 })
    expect(build.conversationWithin({ days: 7 })).toEqual({
      type: 'within',
      fact: 'lastConversationAt',
      days: 7,
    })
    expect(build.conversationWithin({ days: 7, status: 'open' })).toEqual({
      type: 'all',
      of: [
        { type: 'within', fact: 'lastConversationAt', days: 7 },
        { type: 'conversation', status: 'open' },
      ],
    })
    expect(build.inactiveFor({ days: 180 })).toEqual({ type: 'inactive', days: 180 })
    expect(build.minOrders(3)).toEqual({ type: 'fact', fact: 'orderCount', op: '>=', value: 3 })
    expect(build.spentAtLeast(5_000)).toEqual({
      type: 'fact',
      fact: 'totalSpentMinor',
      op: '>=',
      value: 5_000,
    })
    expect(build.minIncompleteTransactions(1)).toEqual({
      type: 'fact',
      fact: 'incompleteTransactions',
      op: '>=',
      value: 1,
    })
    expect(build.fact('orderCount', '!=', 0)).toEqual({
      type: 'fact',
      fact: 'orderCount',
      op: '!=',
      value: 0,
    })
    expect(build.known('lastOrderAt')).toEqual({ type: 'known', fact: 'lastOrderAt' })
    expect(build.attribute('city', '=', 'Roma')).toEqual({
      type: 'attribute',
      name: 'city',
      op: '=',
      value: 'Roma',
    })
    expect(build.attribute('city', 'in', ['Roma', 1])).toEqual({
      type: 'attribute',
      name: 'city',
      op: 'in',
      value: ['Roma', 1],
    })
    expect(build.hasAttribute('city')).toEqual({ type: 'attribute', name: 'city', op: 'exists' })
    expect(build.eventCount('opened', '>=', 2)).toEqual({
      type: 'events',
      event: 'opened',
      op: '>=',
      count: 2,
    })
    expect(build.eventCount('opened', '>=', 2, { withinDays: 30 })).toEqual({
      type: 'events',
      event: 'opened',
      op: '>=',
      count: 2,
      withinDays: 30,
    })
    expect(build.segment("Robert'); DROP TABLE")).toEqual({ type: 'segment', name: "Robert'); DROP TABLE" })
    expect(
      build.all(build.eligible('can-buy'), build.not(build.any(build.tag('a'), build.tag('b')))),
    ).toEqual({
      type: 'all',
      of: [
        { type: 'eligibility', rule: 'can-buy' },
        {
          type: 'not',
          of: {
            type: 'any',
            of: [
              { type: 'tags', match: 'any', tags: ['a'] },
              { type: 'tags', match: 'any', tags: ['b'] },
            ],
          },
        },
      ],
    })
  })

  it('give frozen trees that read as they are', () => {
    const tree = build.all(
      build.any(build.tag('a'), build.attribute('x', 'exists')),
      build.inactiveFor({ days: 1 }),
    )
    expect(Object.isFrozen(tree.type === 'all' ? tree.of[0] : null)).toBe(true)
    expect(readCriteria(JSON.parse(JSON.stringify(tree)))).toEqual(tree)
  })

  it.each<[string, () => Criteria]>([
    ['CRITERIA_INVALID of', () => build.all()],
    ['CRITERIA_INVALID of', () => build.any()],
    ['CRITERIA_INVALID of.type', () => build.not(null as never)],
    ['CRITERIA_INVALID of[1].days', () => build.all(build.everyone(), { type: 'inactive', days: 0 })],
    ['CRITERIA_INVALID tags', () => build.tag(' ')],
    ['CRITERIA_INVALID tags', () => build.anyTag()],
    ['CRITERIA_INVALID tags[0]', () => build.tag('x'.repeat(129))],
    ['CRITERIA_INVALID tags[0]', () => build.tag('a\0')],
    ['CRITERIA_INVALID days', () => build.orderedWithin({ days: -1 })],
    ['CRITERIA_INVALID days', () => build.loggedInWithin({ days: Number.NaN })],
    ['CRITERIA_INVALID days', () => build.inactiveFor({ days: Number.POSITIVE_INFINITY })],
    ['CRITERIA_INVALID days', () => build.orderedWithin({ days: '7' } as never)],
    ['CRITERIA_INVALID days', () => build.orderedWithin({} as never)],
    ['UNKNOWN_FIELD day', () => build.orderedWithin({ days: 1, day: 1 } as never)],
    ['UNKNOWN_FIELD fact', () => build.orderedWithin({ days: 1, fact: 'lastLoginAt' } as never)],
    ['UNKNOWN_FIELD type', () => build.inactiveFor({ days: 1, type: 'everyone' } as never)],
    ['CRITERIA_INVALID days', () => build.conversationWithin({ days: 0, status: 'open' })],
    ['CRITERIA_INVALID status', () => build.conversationWithin({ days: 1, status: '' })],
    ['UNKNOWN_FIELD since', () => build.conversationWithin({ days: 1, since: 1 } as never)],
    ['CRITERIA_INVALID value', () => build.minOrders(Number.NaN)],
    ['CRITERIA_INVALID value', () => build.spentAtLeast('5' as never)],
    ['CRITERIA_INVALID fact', () => build.fact('lastOrderAt' as never, '=', 1)],
    ['CRITERIA_INVALID op', () => build.fact('orderCount', '==' as never, 1)],
    ['CRITERIA_INVALID fact', () => build.known('currency' as never)],
    ['CRITERIA_INVALID name', () => build.attribute('', 'exists')],
    ['CRITERIA_INVALID value', () => build.attribute('x', '=', undefined as never)],
    ['CRITERIA_INVALID value', () => build.attribute('x', 'in', [])],
    ['CRITERIA_INVALID value', () => build.attribute('x', 'contains', '')],
    ['UNKNOWN_FIELD value', () => (build.attribute as (...parts: unknown[]) => Criteria)('x', 'exists', 1)],
    ['CRITERIA_INVALID op', () => build.attribute('x', 'like' as never, 'a')],
    ['CRITERIA_INVALID event', () => build.eventCount('Opened', '=', 1)],
    ['CRITERIA_INVALID count', () => build.eventCount('opened', '=', 1.5)],
    ['CRITERIA_INVALID withinDays', () => build.eventCount('opened', '=', 1, { withinDays: 0 })],
    ['UNKNOWN_FIELD count', () => build.eventCount('opened', '=', 1, { count: 2 } as never)],
    ['CRITERIA_INVALID name', () => build.segment(' ')],
    ['CRITERIA_INVALID rule', () => build.eligible('')],
    ['ELIGIBILITY_MISPLACED of[0]', () => build.any(build.eligible('x'), build.everyone())],
    ['ELIGIBILITY_MISPLACED of', () => build.not(build.eligible('x'))],
  ])('refuse what does not fit with %s', (expected, make) => {
    expect(refusal(make)).toBe(expected)
  })

  it('refuse towers of not', () => {
    let tower = build.everyone()
    expect(
      refusal(() => {
        for (let level = 0; level < 64; level += 1) tower = build.not(tower)
        return tower
      }),
    ).toMatch(/^CRITERIA_TOO_DEEP/)
  })
})
