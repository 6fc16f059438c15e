import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { isCampaignKitError } from '../base/error.js'
import type { Criteria } from './criteria.js'
import { criteriaSchema, readCriteria } from './criteria-schema.js'
import { parseInput } from './parse.js'

const everyone = { type: 'everyone' }
const refused = (code: string, path: string) => expect.objectContaining({ code, path })

function tower(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let tree: unknown = everyone
  for (let level = 0; level < levels; level += 1) tree = wrap(tree)
  return tree
}

const ACCEPTED: readonly Criteria[] = [
  { type: 'everyone' },
  { type: 'tags', match: 'none', tags: ['a', 'b'] },
  { type: 'within', fact: 'lastLoginAt', days: 0.5 },
  { type: 'inactive', days: 36_525 },
  { type: 'fact', fact: 'totalSpentMinor', op: '>=', value: -1.5 },
  { type: 'conversation', status: 'open' },
  { type: 'known', fact: 'conversationStatus' },
  { type: 'attribute', name: 'città', op: '!=', value: true },
  { type: 'attribute', name: 'x', op: 'in', value: ['a', 1, false] },
  { type: 'attribute', name: 'x', op: 'contains', value: 'a' },
  { type: 'attribute', name: 'x', op: 'exists' },
  { type: 'events', event: 'opened', op: '=', count: 0 },
  { type: 'events', event: 'opened', op: '>', count: 3, withinDays: 7 },
  { type: 'segment', name: '"; DROP TABLE segments; --' },
  { type: 'eligibility', rule: 'can-buy' },
]

describe('Reading criteria', () => {
  it.each(ACCEPTED)('accepts $type', (leaf) => {
    expect(readCriteria(leaf)).toEqual(leaf)
    expect(readCriteria({ type: 'all', of: [everyone, leaf] })).toEqual({ type: 'all', of: [everyone, leaf] })
  })

  it('normalises tags and nothing else', () => {
    expect(readCriteria({ type: 'tags', match: 'any', tags: [' B', 'a', 'b'] })).toEqual({
      type: 'tags',
      match: 'any',
      tags: ['a', 'b'],
    })
    expect(readCriteria({ type: 'conversation', status: ' Open ' })).toEqual({
      type: 'conversation',
      status: ' Open ',
    })
  })

  it.each<[string, string, unknown]>([
    ['CRITERIA_INVALID', 'type', null],
    ['CRITERIA_INVALID', 'type', undefined],
    ['CRITERIA_INVALID', 'type', 5],
    ['CRITERIA_INVALID', 'type', []],
    ['CRITERIA_INVALID', 'type', {}],
    ['CRITERIA_INVALID', 'type', { type: 'everybody' }],
    ['CRITERIA_INVALID', 'type', { type: 'constructor' }],
    ['CRITERIA_INVALID', 'type', { type: '__proto__' }],
    ['CRITERIA_INVALID', 'type', { type: ['all'], of: [everyone] }],
    ['UNKNOWN_FIELD', 'days', { type: 'everyone', days: 1 }],
    ['UNKNOWN_FIELD', '__proto__', JSON.parse('{"type":"everyone","__proto__":{"admin":true}}')],
    ['UNKNOWN_FIELD', '__proto__', JSON.parse('{"type":"not","of":{"type":"everyone"},"__proto__":{}}')],
    ['CRITERIA_INVALID', 'of', { type: 'all' }],
    ['CRITERIA_INVALID', 'of', { type: 'any', of: [] }],
    ['CRITERIA_INVALID', 'of', { type: 'all', of: everyone }],
    ['UNKNOWN_FIELD', 'or', { type: 'all', of: [everyone], or: [] }],
    ['CRITERIA_INVALID', 'of', { type: 'not' }],
    [
      'CRITERIA_INVALID',
      'of[1].of.days',
      { type: 'all', of: [everyone, { type: 'not', of: { type: 'inactive', days: 0 } }] },
    ],
    ['CRITERIA_INVALID', 'of[0].type', { type: 'all', of: [{ tags: ['a'] }] }],
    ['CRITERIA_INVALID', 'days', { type: 'within', fact: 'lastOrderAt', days: Number.NaN }],
    ['CRITERIA_INVALID', 'days', { type: 'inactive', days: Number.POSITIVE_INFINITY }],
    ['CRITERIA_INVALID', 'days', { type: 'inactive', days: 36_526 }],
    ['CRITERIA_INVALID', 'fact', { type: 'within', fact: 'orderCount', days: 1 }],
    ['CRITERIA_INVALID', 'value', { type: 'fact', fact: 'orderCount', op: '=', value: Number.NaN }],
    ['CRITERIA_INVALID', 'tags', { type: 'tags', match: 'any', tags: [' '] }],
    ['CRITERIA_INVALID', 'tags', { type: 'tags', match: 'any', tags: 'vip' }],
    ['CRITERIA_INVALID', 'match', { type: 'tags', match: 'some', tags: ['a'] }],
    ['CRITERIA_INVALID', 'op', { type: 'attribute', name: 'x', op: '=~', value: 'a' }],
    [
      'CRITERIA_INVALID',
      'value[1]',
      { type: 'attribute', name: 'x', op: 'in', value: [1, Number.POSITIVE_INFINITY] },
    ],
    ['CRITERIA_INVALID', 'value', { type: 'attribute', name: 'x', op: '=', value: null }],
    ['CRITERIA_INVALID', 'value', { type: 'attribute', name: 'x', op: '=', value: 'a\0' }],
    ['CRITERIA_INVALID', 'value', { type: 'attribute', name: 'x', op: '=', value: '\ud800' }],
    ['CRITERIA_INVALID', 'count', { type: 'events', event: 'opened', op: '=', count: -1 }],
    [
      'CRITERIA_INVALID',
      'withinDays',
      { type: 'events', event: 'opened', op: '=', count: 1, withinDays: undefined },
    ],
    ['CRITERIA_INVALID', 'name', { type: 'segment', name: 'x'.repeat(201) }],
    ['ELIGIBILITY_MISPLACED', 'of[1]', { type: 'any', of: [everyone, { type: 'eligibility', rule: 'x' }] }],
    [
      'ELIGIBILITY_MISPLACED',
      'of[0].of',
      { type: 'all', of: [{ type: 'not', of: { type: 'eligibility', rule: 'x' } }] },
    ],
    [
      'ELIGIBILITY_MISPLACED',
      'of[0].of[0].of[0]',
      { type: 'all', of: [{ type: 'any', of: [{ type: 'all', of: [{ type: 'eligibility', rule: 'x' }] }] }] },
    ],
  ])('refuses with %s at %s', (code, path, input) => {
    expect(() => readCriteria(input)).toThrow(refused(code, path))
  })

  it('lists the kinds of nodes to whoever misses them', () => {
    expect(() => readCriteria({ type: 'tag', tag: 'vip' })).toThrow(
      /expected one of all, any, not, everyone, tags,/,
    )
  })

  it('puts the given path before that of the node', () => {
    expect(() => readCriteria({ type: 'inactive', days: 0 }, 'audience')).toThrow(
      refused('CRITERIA_INVALID', 'audience.days'),
    )
  })

  it('accepts an external rule under nothing but all', () => {
    const tree = { type: 'all', of: [{ type: 'all', of: [{ type: 'eligibility', rule: 'x' }] }] }
    expect(readCriteria(tree)).toEqual(tree)
  })

  it('accepts 64 levels and refuses the 65th', () => {
    const not = (of: unknown) => ({ type: 'not', of })
    expect(readCriteria(tower(63, not)).type).toBe('not')
    expect(() => readCriteria(tower(64, not))).toThrow(
      refused('CRITERIA_TOO_DEEP', Array(64).fill('of').join('.')),
    )
  })

  it.each<[string, (inner: unknown) => unknown]>([
    ['not', (of) => ({ type: 'not', of })],
    ['all', (of) => ({ type: 'all', of: [of] })],
    ['a list as a value', (value) => ({ type: 'attribute', name: 'x', op: '=', value: [value] })],
  ])('refuses 100,000 levels of %s without running out of stack', (_name, wrap) => {
    const tree = tower(100_000, wrap)
    expect(() => readCriteria(tree)).toThrow(expect.objectContaining({ name: 'CampaignKitError' }))
    expect(() => parseInput(criteriaSchema, tree)).toThrow(
      expect.objectContaining({ name: 'CampaignKitError' }),
    )
  })

  it('refuses a tree that contains itself', () => {
    const tree: { type: string; of: unknown } = { type: 'not', of: null }
    tree.of = tree
    expect(() => readCriteria(tree)).toThrow(expect.objectContaining({ code: 'CRITERIA_TOO_DEEP' }))
  })

  it('accepts 10,000 nodes and refuses one more', () => {
    const wide = (parts: number) => ({ type: 'any', of: Array(parts).fill(everyone) })
    expect(readCriteria(wide(9_999)).type).toBe('any')
    expect(() => readCriteria(wide(10_000))).toThrow(refused('CRITERIA_TOO_DEEP', 'of[9999]'))
  })

  it('freezes what it gives and leaves what it was given alone', () => {
    const given = { type: 'all', of: [{ type: 'not', of: { type: 'tags', match: 'any', tags: ['a'] } }] }
    const tree = readCriteria(given)
    expect(Object.isFrozen(given) || Object.isFrozen(given.of) || Object.isFrozen(given.of[0])).toBe(false)
    const branch = tree.type === 'all' ? tree.of[0] : undefined
    expect(Object.isFrozen(branch)).toBe(true)
    expect(Object.isFrozen(branch?.type === 'not' ? branch.of : null)).toBe(true)
  })
})

describe('Criteria inside another object', () => {
  const schema = z.strictObject({ audience: criteriaSchema })
  const read = (audience: unknown) => parseInput(schema, { audience })

  it('report their path below the field', () => {
    const tree = { type: 'all', of: [everyone, { type: 'inactive', days: -1 }] }
    expect(() => read(tree)).toThrow(refused('CRITERIA_INVALID', 'audience.of[1].days'))
    expect(() => read({ ...tree, x: 1 })).toThrow(refused('UNKNOWN_FIELD', 'audience.x'))
    expect(() => read({ type: 'not', of: { type: 'eligibility', rule: 'x' } })).toThrow(
      refused('ELIGIBILITY_MISPLACED', 'audience.of'),
    )
    expect(() => read({ type: 'x' })).toThrow(refused('CRITERIA_INVALID', 'audience.type'))
    expect(() => read({ purchase_history: {} })).toThrow(refused('CRITERIA_INVALID', 'audience'))
  })

  it('name the path once in the message', () => {
    try {
      read({ type: 'all', of: [{ type: 'inactive', days: -1 }] })
      expect.unreachable()
    } catch (thrown) {
      expect(isCampaignKitError(thrown) && thrown.message.match(/of\[0\]/g)).toHaveLength(1)
    }
  })

  it('are required', () => {
    for (const audience of [undefined, null])
      expect(() => read(audience)).toThrow(refused('INVALID_INPUT', 'audience'))
  })

  it('take the older shapes', () => {
    expect(read('ALL')).toEqual({ audience: everyone })
    expect(read({ tags: ['a'] })).toEqual({ audience: { type: 'tags', match: 'any', tags: ['a'] } })
  })

  it('let faults of the program through', () => {
    const trap = new Proxy(
      {},
      {
        has: () => {
          throw new RangeError('trap')
        },
      },
    )
    expect(() => read(trap)).toThrow(RangeError)
  })
})
