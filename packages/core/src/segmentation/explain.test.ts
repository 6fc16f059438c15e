import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import type { Criteria } from '../model/criteria.js'
import type { Customer } from '../model/customer.js'
import * as build from './builders.js'
import { eventNeeds } from './event-needs.js'
import { explainCriteria } from './explain.js'

const {
  all,
  any,
  attribute,
  eligible,
  everyone,
  inactiveFor,
  known,
  minOrders,
  not,
  orderedWithin,
  segment,
} = build

const NOW = 1_772_323_200_000

const ada: Customer = {
  id: 'c-1' as CustomerId,
  addresses: {},
  tags: ['late', 'vip'],
  facts: { lastOrderAt: NOW - 5 * DAY_MS, orderCount: 2, conversationStatus: 'open' },
  attributes: { city: 'Roma', sizes: ['m', 'l'] },
}

const explain = (criteria: Criteria, facts = {}) => explainCriteria(criteria, ada, { now: NOW, ...facts })

describe('An explanation', () => {
  it('gives each node its path, its truth and what it saw', () => {
    const criteria = all(
      build.anyTag('vip', 'gold'),
      not(minOrders(3)),
      any(attribute('city', '=', 'Bari'), orderedWithin({ days: 7 })),
    )
    expect(explain(criteria)).toEqual({
      path: '',
      node: 'all',
      result: 'true',
      of: [
        {
          path: 'of[0]',
          node: { type: 'tags', match: 'any', tags: ['gold', 'vip'] },
          result: 'true',
          saw: ['vip'],
        },
        {
          path: 'of[1]',
          node: 'not',
          result: 'true',
          of: [
            {
              path: 'of[1].of',
              node: { type: 'fact', fact: 'orderCount', op: '>=', value: 3 },
              result: 'false',
              saw: 2,
            },
          ],
        },
        {
          path: 'of[2]',
          node: 'any',
          result: 'true',
          of: [
            {
              path: 'of[2].of[0]',
              node: { type: 'attribute', name: 'city', op: '=', value: 'Bari' },
              result: 'false',
              saw: 'Roma',
            },
            {
              path: 'of[2].of[1]',
              node: { type: 'within', fact: 'lastOrderAt', days: 7 },
              result: 'true',
              saw: NOW - 5 * DAY_MS,
            },
          ],
        },
      ],
    })
  })

  it('says unknown and shows nothing where the customer has nothing', () => {
    expect(explain(build.loggedInWithin({ days: 1 }))).toEqual({
      path: '',
      node: { type: 'within', fact: 'lastLoginAt', days: 1 },
      result: 'unknown',
    })
    expect(explain(not(attribute('age', '>', 18))).result).toBe('unknown')
  })

  it('shows what every kind of leaf saw', () => {
    expect(explain(inactiveFor({ days: 3 }))).toMatchObject({ result: 'true', saw: NOW - 5 * DAY_MS })
    expect(explain(build.conversationStatus('closed'))).toMatchObject({ result: 'false', saw: 'open' })
    expect(explain(known('orderCount'))).toMatchObject({ result: 'true', saw: 2 })
    expect(explain(attribute('sizes', 'contains', 'm'))).toMatchObject({ result: 'true', saw: ['m', 'l'] })
    expect(explain(everyone())).toEqual({ path: '', node: { type: 'everyone' }, result: 'true' })
  })

  it('shows counts of events, absent ones as 0', () => {
    const criteria = build.eventCount('opened', '>=', 1, { withinDays: 7 })
    const eventCounts = new Map(eventNeeds(criteria, NOW).map(({ key }) => [key, 4]))
    expect(explain(criteria, { eventCounts })).toMatchObject({ result: 'true', saw: 4 })
    expect(explain(criteria)).toMatchObject({ result: 'false', saw: 0 })
  })

  it('looks into named segments', () => {
    const segments = new Map([
      ['roman', all(attribute('city', '=', 'Roma'), segment('regular'))],
      ['regular', minOrders(3)],
    ])
    const explained = explain(any(segment('roman')), { segments })
    expect(explained.of?.[0]).toMatchObject({
      path: 'of[0]',
      node: { type: 'segment', name: 'roman' },
      result: 'false',
      of: [{ path: 'of[0].rule', of: [{ path: 'of[0].rule.of[0]', result: 'true' }, { result: 'false' }] }],
    })
    expect(explain(segment('regular'), { segments }).of?.[0]?.path).toBe('rule')
  })

  it('shows what external rules said', () => {
    const criteria = all(eligible('a'), eligible('b'), eligible('c'))
    const explained = explain(criteria, {
      eligibility: new Map([
        ['a', true],
        ['b', false],
      ]),
    })
    expect(explained.of?.map(({ result, saw }) => [result, saw])).toEqual([
      ['true', true],
      ['false', false],
      ['unknown', undefined],
    ])
  })

  it('refuses names that cannot be resolved', () => {
    expect(() => explain(all(everyone(), segment('gone')))).toThrow(
      expect.objectContaining({ code: 'SEGMENT_NOT_FOUND', path: 'of[1]' }),
    )
  })
})
