import { assertNever } from '../base/assert-never.js'
import { DAY_MS, type Instant } from '../base/time.js'
import type { Comparison, Criteria, Scalar } from '../model/criteria.js'
import type { Customer } from '../model/customer.js'
import { isOrdered, numberTest, OPPOSITE } from './comparison.js'
import { eventNeedOf } from './event-needs.js'
import { attributeOf, latestActivity } from './reading.js'

/** A node that is decided by looking at the customer alone. */
export type LeafCriteria = Exclude<Criteria, { type: 'all' | 'any' | 'not' | 'segment' | 'eligibility' }>

/** Counts of a customer's events by the key of their need; an absent one is 0. */
export type EventCounts = ReadonlyMap<string, number>

/** Asks one thing of a customer. */
export type Test = (customer: Customer, eventCounts: EventCounts) => boolean

type LeafOf<Type extends LeafCriteria['type']> = Extract<LeafCriteria, { type: Type }>
type AttributeCriteria = LeafOf<'attribute'>

/**
 * The test whether a leaf is true, or (`wanted` false) whether it is false. A leaf that is unknown passes neither.
 *
 * @param now - the instant from which windows reach back
 */
export function leafTest(leaf: LeafCriteria, wanted: boolean, now: Instant): Test {
  switch (leaf.type) {
    case 'everyone':
      return () => wanted
    case 'tags':
      return tagsTest(leaf, wanted)
    case 'within':
      return withinTest(leaf, wanted, now)
    case 'inactive':
      return inactiveTest(leaf, wanted, now)
    case 'fact':
      return factTest(leaf, wanted)
    case 'conversation':
      return conversationTest(leaf, wanted)
    case 'known':
      return ({ facts }) => (facts[leaf.fact] !== undefined) === wanted
    case 'attribute':
      return attributeTest(leaf, wanted)
    case 'events':
      return eventsTest(leaf, wanted, now)
    default:
      return assertNever(leaf)
  }
}

/** From so many tags on, looking each up costs less than comparing each with each. */
const MANY_TAGS = 8

function tagsTest({ match, tags }: LeafOf<'tags'>, wanted: boolean): Test {
  if (match === 'all') return (customer) => holdsAll(customer.tags, tags) === wanted
  const whenHeld = (match === 'any') === wanted
  const [only] = tags
  if (tags.length === 1 && only !== undefined) return (customer) => customer.tags.includes(only) === whenHeld
  if (tags.length < MANY_TAGS) return (customer) => holdsAny(customer.tags, tags) === whenHeld
  const set = new Set(tags)
  return (customer) => holdsAnyOf(customer.tags, set) === whenHeld
}

function holdsAll(held: readonly string[], tags: readonly string[]): boolean {
  for (const tag of tags) if (!held.includes(tag)) return false
  return true
}

function holdsAny(held: readonly string[], tags: readonly string[]): boolean {
  for (const tag of tags) if (held.includes(tag)) return true
  return false
}

function holdsAnyOf(held: readonly string[], tags: ReadonlySet<string>): boolean {
  for (const tag of held) if (tags.has(tag)) return true
  return false
}

function withinTest({ fact, days }: LeafOf<'within'>, wanted: boolean, now: Instant): Test {
  const from = now - days * DAY_MS
  return ({ facts }) => {
    const instant = facts[fact]
    return instant !== undefined && (instant >= from && instant <= now) === wanted
  }
}

function inactiveTest({ days }: LeafOf<'inactive'>, wanted: boolean, now: Instant): Test {
  const from = now - days * DAY_MS
  return ({ facts }) => {
    const latest = latestActivity(facts)
    return latest !== undefined && latest < from === wanted
  }
}

function factTest({ fact, op, value }: LeafOf<'fact'>, wanted: boolean): Test {
  const holds = numberTest(wanted ? op : OPPOSITE[op], value)
  return ({ facts }) => {
    const number = facts[fact]
    return number !== undefined && holds(number)
  }
}

function conversationTest({ status }: LeafOf<'conversation'>, wanted: boolean): Test {
  return ({ facts }) =>
    facts.conversationStatus !== undefined && (facts.conversationStatus === status) === wanted
}

function eventsTest(leaf: LeafOf<'events'>, wanted: boolean, now: Instant): Test {
  const { key } = eventNeedOf(leaf, now)
  const holds = numberTest(wanted ? leaf.op : OPPOSITE[leaf.op], leaf.count)
  return (_customer, eventCounts) => holds(eventCounts.get(key) ?? 0)
}

function attributeTest(leaf: AttributeCriteria, wanted: boolean): Test {
  const { name } = leaf
  switch (leaf.op) {
    case 'exists':
      return (customer) => (attributeOf(customer, name) !== undefined) === wanted
    case 'in': {
      const values = new Set<unknown>(leaf.value)
      return (customer) => {
        const value = attributeOf(customer, name)
        return value !== undefined && values.has(value) === wanted
      }
    }
    case 'contains': {
      const part = leaf.value
      return (customer) => {
        const value = attributeOf(customer, name)
        return value !== undefined && contains(value, part) === wanted
      }
    }
    default:
      return comparedTest(name, leaf.op, leaf.value, wanted)
  }
}

function contains(value: Scalar | readonly string[], part: string): boolean {
  return typeof value === 'string' || typeof value === 'object' ? value.includes(part) : false
}

function comparedTest(name: string, op: Comparison, right: Scalar, wanted: boolean): Test {
  if (op === '=' || op === '!=') {
    const whenEqual = (op === '=') === wanted
    return (customer) => {
      const value = attributeOf(customer, name)
      return value !== undefined && (value === right) === whenEqual
    }
  }
  const type = typeof right
  return (customer) => {
    const value = attributeOf(customer, name)
    return (
      typeof value === type &&
      typeof value !== 'object' &&
      value !== undefined &&
      isOrdered(value, op, right) === wanted
    )
  }
}
