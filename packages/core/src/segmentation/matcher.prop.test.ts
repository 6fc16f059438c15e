import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { COMPARISONS, type Criteria, INSTANT_FACTS, NUMBER_FACTS } from '../model/criteria.js'
import { readCriteria } from '../model/criteria-schema.js'
import { type AttributeValue, type Customer, type CustomerFacts, mergeCustomer } from '../model/customer.js'
import { normalizeTags } from '../model/tags.js'
import { eventNeeds } from './event-needs.js'
import { type ExplainedNode, explainCriteria } from './explain.js'
import { compileCriteria } from './matcher.js'
import { resolveSegments } from './resolve.js'
import { splitEligibility } from './split-eligibility.js'

const WHO = 'c-1' as CustomerId
const NOW = 1_772_323_200_000
const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 100_000 : 2_000
const SETTINGS = { seed: 20_260_301, numRuns: RUNS }

const words = fc.constantFrom('a', 'b', 'é', 'e\u0301', '🍕', 'ı', '漢', '__proto__', 'constructor')
const days = fc.constantFrom(0.25, 1, 7, 30, 36_525)
const op = fc.constantFrom(...COMPARISONS)
const number = fc.constantFrom(
  -1,
  0,
  1,
  2,
  0.1 + 0.2,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_VALUE,
  5e-324,
  -0,
)
const scalar = fc.oneof(words, number, fc.boolean())
const instant = fc.oneof(
  fc.tuple(days, fc.constantFrom(-1, 0, 1)).map(([back, step]) => NOW - back * DAY_MS + step),
  fc.constantFrom(NOW, NOW + 1, 0, -8.64e15, 8.64e15),
)
const tags = fc.array(words, { maxLength: 12 }).map(normalizeTags)

const leaf: fc.Arbitrary<Criteria> = fc.oneof(
  fc.constant<Criteria>({ type: 'everyone' }),
  fc.record({
    type: fc.constant('tags' as const),
    match: fc.constantFrom('any', 'all', 'none'),
    tags: fc.oneof(fc.array(words, { minLength: 1, maxLength: 12 }), fc.constant(Array.from('abcdefghij'))),
  }),
  fc.record({ type: fc.constant('within' as const), fact: fc.constantFrom(...INSTANT_FACTS), days }),
  fc.record({ type: fc.constant('inactive' as const), days }),
  fc.record({
    type: fc.constant('fact' as const),
    fact: fc.constantFrom(...NUMBER_FACTS),
    op,
    value: number,
  }),
  fc.record({ type: fc.constant('conversation' as const), status: words }),
  fc.record({
    type: fc.constant('known' as const),
    fact: fc.constantFrom(...INSTANT_FACTS, ...NUMBER_FACTS, 'conversationStatus' as const),
  }),
  fc.record({ type: fc.constant('attribute' as const), name: words, op, value: scalar }),
  fc.record({
    type: fc.constant('attribute' as const),
    name: words,
    op: fc.constant('in' as const),
    value: fc.array(scalar, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('attribute' as const),
    name: words,
    op: fc.constant('contains' as const),
    value: words,
  }),
  fc.record({ type: fc.constant('attribute' as const), name: words, op: fc.constant('exists' as const) }),
  fc.record(
    {
      type: fc.constant('events' as const),
      event: fc.constantFrom('opened', 'clicked'),
      op,
      count: fc.nat({ max: 3 }),
      withinDays: days,
    },
    { requiredKeys: ['type', 'event', 'op', 'count'] },
  ),
)

const tree = fc
  .letrec<{ node: Criteria }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.record({
        type: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      }),
      fc.record({ type: fc.constant('not' as const), of: tie('node') }),
    ),
  }))
  .node.map((node) => readCriteria(node))

const value = fc.oneof(scalar, fc.array(words, { maxLength: 3 }))

const customer: fc.Arbitrary<Customer> = fc
  .record({
    tags,
    facts: fc.record(
      {
        lastLoginAt: instant,
        lastOrderAt: instant,
        lastConversationAt: instant,
        orderCount: number,
        totalSpentMinor: number,
        incompleteTransactions: number,
        conversationStatus: words,
      },
      { requiredKeys: [] },
    ),
    attributes: fc.dictionary(
      words.filter((name) => name !== '__proto__'),
      value,
    ),
  })
  // Twice, as a directory that a second import changed would hold it.
  .map(({ facts, attributes, ...parts }) => {
    const before = mergeCustomer(null, { id: WHO, ...parts })
    return mergeCustomer(before, { id: WHO, facts, attributes })
  })

const counts = (criteria: Criteria) =>
  fc
    .tuple(
      ...eventNeeds(criteria, NOW).map(({ key }) =>
        fc.tuple(fc.constant(key), fc.option(fc.nat({ max: 4 }))),
      ),
    )
    .map(
      (entries) =>
        new Map(entries.flatMap(([key, count]) => (count === null ? [] : [[key, count] as const]))),
    )

const scene = tree.chain((criteria) =>
  fc.record({ criteria: fc.constant(criteria), who: customer, events: counts(criteria) }),
)

type Answer = boolean | null
type NodeOf<Type extends Criteria['type']> = Extract<Criteria, { type: Type }>

/** The rules of the model once more, as slowly and plainly as they are written: null is unknown. */
function plain(node: Criteria, who: Customer, events: ReadonlyMap<string, number>): Answer {
  switch (node.type) {
    case 'everyone':
      return true
    case 'all':
      return meet(node.of.map((part) => plain(part, who, events)))
    case 'any':
      return inverse(meet(node.of.map((part) => inverse(plain(part, who, events)))))
    case 'not':
      return inverse(plain(node.of, who, events))
    case 'events': {
      const since = node.withinDays === undefined ? 'ever' : Math.ceil(NOW - node.withinDays * DAY_MS) - 1
      return ordered(events.get(`${node.event}:${since}`) ?? 0, node.op, node.count)
    }
    case 'tags': {
      const held = node.tags.filter((name) => new Set(who.tags).has(name)).length
      return { any: held > 0, all: held === node.tags.length, none: held === 0 }[node.match]
    }
    case 'attribute':
      return plainAttribute(
        node,
        Object.entries(who.attributes).find(([key]) => key === node.name)?.[1] ?? null,
      )
    case 'segment':
    case 'eligibility':
      throw new Error('not in these trees')
    default:
      return plainFact(node, who.facts)
  }
}

function meet(parts: readonly Answer[]): Answer {
  if (parts.includes(false)) return false
  return parts.includes(null) ? null : true
}

function inverse(answer: Answer): Answer {
  return answer === null ? null : !answer
}

const SIGNS: Readonly<Record<string, readonly number[]>> = {
  '=': [0],
  '!=': [-1, 1],
  '<': [-1],
  '<=': [-1, 0],
  '>': [1],
  '>=': [0, 1],
}

function ordered<Value extends string | number | boolean>(left: Value, op: string, right: Value): boolean {
  return SIGNS[op]?.includes(Number(left > right) - Number(left < right)) ?? false
}

function plainFact(
  node: NodeOf<'within' | 'inactive' | 'fact' | 'conversation' | 'known'>,
  facts: CustomerFacts,
): Answer {
  if (node.type === 'known') return Object.keys(facts).includes(node.fact)
  if (node.type === 'inactive') {
    const seen = [facts.lastLoginAt, facts.lastOrderAt, facts.lastConversationAt].filter(
      (at) => at !== undefined,
    )
    return seen.length === 0 ? null : seen.every((at) => NOW - at > node.days * DAY_MS)
  }
  const known = node.type === 'conversation' ? facts.conversationStatus : facts[node.fact]
  if (known === undefined) return null
  if (node.type === 'conversation') return known === node.status
  if (node.type === 'fact') return ordered(Number(known), node.op, node.value)
  return NOW - Number(known) >= 0 && NOW - Number(known) <= node.days * DAY_MS
}

function plainAttribute(node: NodeOf<'attribute'>, held: AttributeValue | null): Answer {
  if (node.op === 'exists') return held !== null
  if (held === null) return null
  if (node.op === 'in') return node.value.some((wanted) => wanted === held)
  if (node.op === 'contains') {
    if (typeof held === 'object') return held.some((item) => item === node.value)
    return typeof held === 'string' && held.split(node.value).length > 1
  }
  if (node.op === '=' || node.op === '!=') return (held === node.value) === (node.op === '=')
  return typeof held === 'object' || typeof held !== typeof node.value
    ? null
    : ordered(held, node.op, node.value)
}

const nodesOf = (node: ExplainedNode): ExplainedNode[] => [node, ...(node.of ?? []).flatMap(nodesOf)]

describe('Matching', { timeout: 5_000 + RUNS }, () => {
  it('agrees with the plain reading of the rules, and so does the explanation', () => {
    fc.assert(
      fc.property(scene, ({ criteria, who, events }) => {
        const expected = plain(criteria, who, events)
        expect(compileCriteria(criteria, { now: NOW })(who, events)).toBe(expected === true)
        const explained = explainCriteria(criteria, who, { now: NOW, eventCounts: events })
        expect(explained.result).toBe(expected === null ? 'unknown' : String(expected))
      }),
      SETTINGS,
    )
  })

  it('is the same through a named segment', () => {
    fc.assert(
      fc.property(scene, ({ criteria, who, events }) => {
        const segments = new Map([['s', criteria]])
        const named: Criteria = { type: 'not', of: { type: 'segment', name: 's' } }
        const resolved = resolveSegments(named, segments)
        expect(splitEligibility(resolved)).toEqual({ criteria: resolved, rules: [] })
        expect(compileCriteria(resolved, { now: NOW })(who, events)).toBe(
          plain(criteria, who, events) === false,
        )
        const explained = explainCriteria(named, who, { now: NOW, eventCounts: events, segments })
        expect(explained.result === 'true').toBe(plain(criteria, who, events) === false)
      }),
      SETTINGS,
    )
  })

  it('explains every node under a path of its own', () => {
    fc.assert(
      fc.property(scene, ({ criteria, who }) => {
        const paths = nodesOf(explainCriteria(criteria, who, { now: NOW })).map(({ path }) => path)
        expect(new Set(paths).size).toBe(paths.length)
      }),
      { ...SETTINGS, numRuns: RUNS / 10 },
    )
  })
})
