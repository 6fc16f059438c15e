import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import type { Comparison, Criteria, Scalar } from '../model/criteria.js'
import type { AttributeValue, Customer, CustomerFacts } from '../model/customer.js'
import {
  all,
  allTags,
  any,
  anyTag,
  attribute,
  conversationStatus,
  eligible,
  eventCount,
  everyone,
  fact,
  hasAttribute,
  inactiveFor,
  known,
  noTags,
  not,
  orderedWithin,
  segment,
  tag,
} from './builders.js'
import { eventNeeds } from './event-needs.js'
import { explainCriteria, type Truth } from './explain.js'
import { compileCriteria } from './matcher.js'

const NOW = 1_772_323_200_000

function customer(facts: CustomerFacts = {}, parts: Partial<Customer> = {}): Customer {
  return { id: 'c-1' as CustomerId, addresses: {}, tags: [], attributes: {}, facts, ...parts }
}

function withAttribute(value: AttributeValue): Customer {
  return customer({}, { attributes: { x: value } })
}

/** What the matcher makes of a customer, seen from both sides, and compared with the explanation. */
function truth(
  criteria: Criteria,
  of: Customer,
  eventCounts: ReadonlyMap<string, number> = new Map(),
): Truth {
  const isTrue = compileCriteria(criteria, { now: NOW })(of, eventCounts)
  const isFalse = compileCriteria({ type: 'not', of: criteria }, { now: NOW })(of, eventCounts)
  expect(isTrue && isFalse).toBe(false)
  const seen: Truth = isTrue ? 'true' : isFalse ? 'false' : 'unknown'
  expect(explainCriteria(criteria, of, { now: NOW, eventCounts }).result).toBe(seen)
  return seen
}

describe('Windows', () => {
  it('hold from exactly so many days ago to exactly now', () => {
    const rule = orderedWithin({ days: 30 })
    const at = (lastOrderAt: number) => truth(rule, customer({ lastOrderAt }))
    expect(at(NOW - 30 * DAY_MS)).toBe('true')
    expect(at(NOW - 30 * DAY_MS - 1)).toBe('false')
    expect(at(NOW)).toBe('true')
    expect(at(NOW + 1)).toBe('false')
  })

  it('take fractions of a day', () => {
    expect(truth(orderedWithin({ days: 0.5 }), customer({ lastOrderAt: NOW - DAY_MS / 2 }))).toBe('true')
    expect(truth(orderedWithin({ days: 0.5 }), customer({ lastOrderAt: NOW - DAY_MS / 2 - 1 }))).toBe('false')
  })

  it('are unknown without the fact', () => {
    expect(truth(orderedWithin({ days: 30 }), customer())).toBe('unknown')
  })
})

describe('Inactivity', () => {
  const rule = inactiveFor({ days: 90 })
  const long = NOW - 91 * DAY_MS

  it('begins a millisecond after so many days', () => {
    expect(truth(rule, customer({ lastOrderAt: NOW - 90 * DAY_MS }))).toBe('false')
    expect(truth(rule, customer({ lastOrderAt: NOW - 90 * DAY_MS - 1 }))).toBe('true')
  })

  it('looks at the latest of what is known', () => {
    expect(truth(rule, customer({ lastOrderAt: long, lastLoginAt: NOW }))).toBe('false')
    expect(truth(rule, customer({ lastLoginAt: long, lastOrderAt: NOW }))).toBe('false')
    expect(truth(rule, customer({ lastOrderAt: long, lastConversationAt: NOW }))).toBe('false')
    expect(
      truth(rule, customer({ lastOrderAt: long, lastLoginAt: long - 1, lastConversationAt: long })),
    ).toBe('true')
  })

  it('is unknown when nothing is known', () => {
    expect(truth(rule, customer({ orderCount: 3 }))).toBe('unknown')
  })
})

describe('Facts', () => {
  const table: readonly (readonly [Comparison, Truth, Truth, Truth])[] = [
    ['=', 'false', 'true', 'false'],
    ['!=', 'true', 'false', 'true'],
    ['<', 'true', 'false', 'false'],
    ['<=', 'true', 'true', 'false'],
    ['>', 'false', 'false', 'true'],
    ['>=', 'false', 'true', 'true'],
  ]

  it.each(table)('compare by %s', (op, below, equal, above) => {
    const rule = fact('orderCount', op, 3)
    expect([2, 3, 4].map((orderCount) => truth(rule, customer({ orderCount })))).toEqual([
      below,
      equal,
      above,
    ])
    expect(truth(rule, customer())).toBe('unknown')
  })

  it('are zero only when they are known to be zero', () => {
    expect(truth(fact('orderCount', '=', 0), customer({ orderCount: 0 }))).toBe('true')
    expect(truth(fact('orderCount', '=', 0), customer())).toBe('unknown')
  })

  it('are known or not, never unknown', () => {
    expect(truth(known('lastOrderAt'), customer({ lastOrderAt: 0 }))).toBe('true')
    expect(truth(known('conversationStatus'), customer())).toBe('false')
  })

  it('tell how the last conversation stands', () => {
    const rule = conversationStatus('open')
    expect(truth(rule, customer({ conversationStatus: 'open' }))).toBe('true')
    expect(truth(rule, customer({ conversationStatus: 'Open' }))).toBe('false')
    expect(truth(rule, customer())).toBe('unknown')
  })
})

describe('Tags', () => {
  const many = Array.from({ length: 20 }, (_, index) => `t-${index}`)
  const holding = (...tags: string[]) => customer({}, { tags })

  it('match any, all or none, and are never unknown', () => {
    for (const held of [holding(), holding('a'), holding('a', 'b'), holding('c')]) {
      const has = (name: string) => held.tags.includes(name)
      expect(truth(tag('a'), held)).toBe(String(has('a')))
      expect(truth(anyTag('a', 'b'), held)).toBe(String(has('a') || has('b')))
      expect(truth(allTags('a', 'b'), held)).toBe(String(has('a') && has('b')))
      expect(truth(noTags('a', 'b'), held)).toBe(String(!has('a') && !has('b')))
      expect(truth(noTags('a'), held)).toBe(String(!has('a')))
    }
  })

  it('match the same when there are many', () => {
    expect(truth(anyTag(...many), holding('x', 't-19'))).toBe('true')
    expect(truth(anyTag(...many), holding('x'))).toBe('false')
    expect(truth(noTags(...many), holding('x', 't-19'))).toBe('false')
    expect(truth(noTags(...many), holding())).toBe('true')
  })

  it('are compared as they are kept', () => {
    expect(truth(tag(' Caf\u0065\u0301 '), holding('caf\u00e9'))).toBe('true')
  })
})

describe('Attributes', () => {
  const compared = (value: AttributeValue, op: Comparison, right: Scalar) =>
    truth(attribute('x', op, right), withAttribute(value))

  it('of one type are compared', () => {
    expect(compared('Roma', '=', 'Roma')).toBe('true')
    expect(compared('Roma', '!=', 'Roma')).toBe('false')
    expect(compared('Z', '<', 'a')).toBe('true')
    expect(compared(2, '>=', 2)).toBe('true')
    expect(compared(3, '<=', 2)).toBe('false')
    expect(compared(3, '>', 2)).toBe('true')
    expect(compared(true, '>', false)).toBe('true')
  })

  it('of different types are unequal and not ordered', () => {
    for (const value of ['1', true, ['1']]) {
      expect(compared(value, '=', 1)).toBe('false')
      expect(compared(value, '!=', 1)).toBe('true')
      for (const op of ['<', '<=', '>', '>='] as const) expect(compared(value, op, 1)).toBe('unknown')
    }
  })

  it('that are absent are unknown, whatever is asked', () => {
    const rules = [
      attribute('x', '=', 1),
      attribute('x', '!=', 1),
      attribute('x', '<', 1),
      attribute('x', 'in', [1]),
      attribute('x', 'contains', 'a'),
    ]
    for (const rule of rules) expect(truth(rule, customer())).toBe('unknown')
    expect(truth(hasAttribute('x'), customer())).toBe('false')
    expect(truth(hasAttribute('x'), withAttribute(''))).toBe('true')
  })

  it('are among values of the same type', () => {
    const rule = attribute('x', 'in', ['1', 2, true])
    expect(['1', 2, true].map((value) => truth(rule, withAttribute(value)))).toEqual(['true', 'true', 'true'])
    expect([1, '2', false, ['1']].map((value) => truth(rule, withAttribute(value)))).toEqual(
      Array(4).fill('false'),
    )
  })

  it('contain an item or a part', () => {
    const rule = attribute('x', 'contains', 'ab')
    expect(['cabd', ['x', 'ab']].map((value) => truth(rule, withAttribute(value)))).toEqual(['true', 'true'])
    expect(['a', ['cabd'], [], 5, true].map((value) => truth(rule, withAttribute(value)))).toEqual(
      Array(5).fill('false'),
    )
  })

  it('are never what objects inherit', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(truth(hasAttribute(name), customer())).toBe('false')
      expect(truth(attribute(name, '!=', 'x'), customer())).toBe('unknown')
    }
  })
})

describe('Event counts', () => {
  const rule = all(eventCount('opened', '>=', 2, { withinDays: 7 }), eventCount('clicked', '=', 0))

  it('name what they need, each once', () => {
    const twice = any(
      rule,
      not(eventCount('opened', '<', 1, { withinDays: 7 })),
      eventCount('opened', '>', 0),
    )
    expect(eventNeeds(twice, NOW)).toEqual([
      { key: `opened:${NOW - 7 * DAY_MS - 1}`, type: 'opened', since: NOW - 7 * DAY_MS - 1 },
      { key: 'clicked:ever', type: 'clicked', since: null },
      { key: 'opened:ever', type: 'opened', since: null },
    ])
    expect(eventNeeds(everyone(), NOW)).toEqual([])
  })

  it('take the first whole millisecond of a broken window', () => {
    const [need] = eventNeeds(eventCount('opened', '>', 0, { withinDays: 1e-8 }), NOW)
    expect(need?.since).toBe(NOW - 1)
  })

  it('are zero when absent, never unknown', () => {
    const opened = eventNeeds(rule, NOW)[0]?.key ?? ''
    expect(truth(rule, customer(), new Map([[opened, 2]]))).toBe('true')
    expect(truth(rule, customer(), new Map([[opened, 1]]))).toBe('false')
    expect(truth(rule, customer())).toBe('false')
    expect(compileCriteria(eventCount('clicked', '=', 0), { now: NOW })(customer())).toBe(true)
  })
})

describe('Branches', () => {
  const yes = everyone()
  const no = not(everyone())
  const maybe = known('lastOrderAt')
  const unknown = orderedWithin({ days: 1 })
  const of = (...parts: Criteria[]) => parts

  it.each([
    [of(yes), 'true', 'true'],
    [of(no), 'false', 'false'],
    [of(yes, yes), 'true', 'true'],
    [of(yes, no), 'false', 'true'],
    [of(no, maybe), 'false', 'false'],
    [of(yes, unknown), 'unknown', 'true'],
    [of(no, unknown), 'false', 'unknown'],
    [of(unknown, unknown), 'unknown', 'unknown'],
    [of(unknown, yes, no), 'false', 'true'],
    [of(yes, yes, yes), 'true', 'true'],
    [of(no, no, no), 'false', 'false'],
    [of(yes, unknown, yes), 'unknown', 'true'],
    [of(no, unknown, no), 'false', 'unknown'],
  ] as const)('%# follow Kleene', (parts, conjunction, disjunction) => {
    expect(truth(all(...parts), customer())).toBe(conjunction)
    expect(truth(any(...parts), customer())).toBe(disjunction)
  })

  it('without parts are the neutral ones, should a storage hold such a tree', () => {
    expect(truth({ type: 'all', of: [] }, customer())).toBe('true')
    expect(truth({ type: 'any', of: [] }, customer())).toBe('false')
  })

  it('keep the unknown unknown under not', () => {
    expect(truth(not(unknown), customer())).toBe('unknown')
    expect(truth(not(not(unknown)), customer())).toBe('unknown')
  })
})

describe('What must be settled before', () => {
  const codeOf = (criteria: Criteria) => {
    try {
      compileCriteria(criteria, { now: NOW })
      return null
    } catch (thrown) {
      return isCampaignKitError(thrown) ? thrown.code : 'FOREIGN'
    }
  }

  it('is refused when it is left', () => {
    expect(codeOf(all(everyone(), segment('vips')))).toBe('SEGMENT_NOT_FOUND')
    expect(codeOf(all(everyone(), eligible('can-buy')))).toBe('ELIGIBILITY_MISPLACED')
  })
})
