import { assertNever } from '../base/assert-never.js'
import type { Instant } from '../base/time.js'
import type { Criteria } from '../model/criteria.js'
import type { AttributeValue, Customer } from '../model/customer.js'
import { attributePath } from '../model/sealed.js'
import { eventNeedOf } from './event-needs.js'
import { type EventCounts, type LeafCriteria, leafTest } from './leaf.js'
import { partPath } from './part-path.js'
import { attributeOf, latestActivity } from './reading.js'
import { resolveSegments, type SegmentRules } from './resolve.js'

/** What a node says of a customer. Only `true` matches. */
export type Truth = 'true' | 'false' | 'unknown'

/** A node of criteria with what it says of one customer. */
export interface ExplainedNode {
  /** Where it stands: `of[1].of`; the rule of a named segment stands under `rule`. Empty at the root. */
  readonly path: string
  /** The leaf, or the kind of a branch. */
  readonly node: Exclude<Criteria, { type: 'all' | 'any' | 'not' }> | 'all' | 'any' | 'not'
  readonly result: Truth
  /** The value that a leaf saw, `sealed` for one that is; absent when the customer has none. Of tags those that the leaf names. */
  readonly saw?: AttributeValue
  /** Parts of a branch; of a named segment its rule. */
  readonly of?: readonly ExplainedNode[]
}

/** What stands beside the customer when criteria are explained. */
export interface ExplainFacts {
  readonly now: Instant
  /** By the keys of `eventNeeds`; an absent one is 0. */
  readonly eventCounts?: EventCounts
  readonly segments?: SegmentRules
  /** What external rules said of the customer; an absent one is unknown. */
  readonly eligibility?: ReadonlyMap<string, boolean>
}

/**
 * Says for each node of criteria what it makes of a customer and which value it saw. The root is `true` exactly when
 * the compiled matcher matches.
 *
 * @throws SEGMENT_NOT_FOUND, SEGMENT_CYCLE, CRITERIA_TOO_DEEP, ELIGIBILITY_MISPLACED as `resolveSegments` does
 */
export function explainCriteria(criteria: Criteria, customer: Customer, facts: ExplainFacts): ExplainedNode {
  const segments: SegmentRules = facts.segments ?? new Map()
  resolveSegments(criteria, segments)
  return explainNode(criteria, '', {
    customer,
    segments,
    eventCounts: new Map(),
    eligibility: new Map(),
    ...facts,
  })
}

interface Case extends Required<ExplainFacts> {
  readonly customer: Customer
}

function explainNode(node: Criteria, path: string, about: Case): ExplainedNode {
  switch (node.type) {
    case 'all':
    case 'any': {
      const of = node.of.map((part, index) => explainNode(part, partPath(path, index), about))
      return { path, node: node.type, result: node.type === 'all' ? conjunction(of) : disjunction(of), of }
    }
    case 'not': {
      const part = explainNode(node.of, partPath(path), about)
      return { path, node: 'not', result: NEGATION[part.result], of: [part] }
    }
    case 'segment':
      return explainSegment(node, path, about)
    case 'eligibility': {
      const answer = about.eligibility.get(node.rule)
      return answer === undefined
        ? { path, node, result: 'unknown' }
        : { path, node, result: answer ? 'true' : 'false', saw: answer }
    }
    default: {
      const saw = seenBy(node, about)
      return { path, node, result: truthOf(node, about), ...(saw === undefined ? {} : { saw }) }
    }
  }
}

function explainSegment(
  node: Extract<Criteria, { type: 'segment' }>,
  path: string,
  about: Case,
): ExplainedNode {
  const of = [about.segments.get(node.name)]
    .filter((rule) => rule !== undefined)
    .map((rule) => explainNode(rule, path === '' ? 'rule' : `${path}.rule`, about))
  return { path, node, result: conjunction(of), of }
}

const NEGATION: Readonly<Record<Truth, Truth>> = { true: 'false', false: 'true', unknown: 'unknown' }

function conjunction(parts: readonly ExplainedNode[]): Truth {
  if (parts.some(({ result }) => result === 'false')) return 'false'
  return parts.some(({ result }) => result === 'unknown') ? 'unknown' : 'true'
}

function disjunction(parts: readonly ExplainedNode[]): Truth {
  if (parts.some(({ result }) => result === 'true')) return 'true'
  return parts.some(({ result }) => result === 'unknown') ? 'unknown' : 'false'
}

function truthOf(leaf: LeafCriteria, { customer, eventCounts, now }: Case): Truth {
  if (leafTest(leaf, true, now)(customer, eventCounts)) return 'true'
  return leafTest(leaf, false, now)(customer, eventCounts) ? 'false' : 'unknown'
}

function seenBy(leaf: LeafCriteria, { customer, eventCounts, now }: Case): AttributeValue | undefined {
  switch (leaf.type) {
    case 'everyone':
      return undefined
    case 'tags':
      return customer.tags.filter((tag) => leaf.tags.includes(tag))
    case 'within':
    case 'fact':
    case 'known':
      return customer.facts[leaf.fact]
    case 'inactive':
      return latestActivity(customer.facts)
    case 'conversation':
      return customer.facts.conversationStatus
    case 'attribute':
      return customer.sealed?.[attributePath(leaf.name)] === undefined
        ? attributeOf(customer, leaf.name)
        : 'sealed'
    case 'events':
      return eventCounts.get(eventNeedOf(leaf, now).key) ?? 0
    default:
      return assertNever(leaf)
  }
}
