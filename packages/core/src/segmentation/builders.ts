import { CampaignKitError } from '../base/error.js'
import type { Comparison, Criteria, InstantFact, NumberFact, Scalar } from '../model/criteria.js'
import { readCriteria } from '../model/criteria-schema.js'

/** Whole or broken days of 24 hours, above 0 and at most 36,525. */
export interface Days {
  readonly days: number
}

/** Every customer. Counts as a targeting rule. */
export function everyone(): Criteria {
  return readCriteria({ type: 'everyone' })
}

/**
 * Holds when every part holds.
 *
 * @throws CRITERIA_INVALID without parts; CRITERIA_TOO_DEEP
 */
export function all(...criteria: readonly Criteria[]): Criteria {
  return readCriteria({ type: 'all', of: criteria })
}

/**
 * Holds when at least one part holds.
 *
 * @throws CRITERIA_INVALID without parts; CRITERIA_TOO_DEEP; ELIGIBILITY_MISPLACED when a part is an external rule
 */
export function any(...criteria: readonly Criteria[]): Criteria {
  return readCriteria({ type: 'any', of: criteria })
}

/**
 * Holds when the part is false; what is unknown stays unknown.
 *
 * @throws CRITERIA_INVALID; CRITERIA_TOO_DEEP; ELIGIBILITY_MISPLACED when the part is an external rule
 */
export function not(criteria: Criteria): Criteria {
  return readCriteria({ type: 'not', of: criteria })
}

/**
 * Holds the tag.
 *
 * @throws CRITERIA_INVALID when it is blank or longer than 128 characters
 */
export function tag(name: string): Criteria {
  return anyTag(name)
}

/**
 * Holds at least one of the tags.
 *
 * @param names - 1 to 1,000
 * @throws CRITERIA_INVALID
 */
export function anyTag(...names: readonly string[]): Criteria {
  return readCriteria({ type: 'tags', match: 'any', tags: names })
}

/**
 * Holds every one of the tags.
 *
 * @param names - 1 to 1,000
 * @throws CRITERIA_INVALID
 */
export function allTags(...names: readonly string[]): Criteria {
  return readCriteria({ type: 'tags', match: 'all', tags: names })
}

/**
 * Holds none of the tags.
 *
 * @param names - 1 to 1,000
 * @throws CRITERIA_INVALID
 */
export function noTags(...names: readonly string[]): Criteria {
  return readCriteria({ type: 'tags', match: 'none', tags: names })
}

/**
 * Ordered at most so many days ago.
 *
 * @throws CRITERIA_INVALID, UNKNOWN_FIELD
 */
export function orderedWithin(window: Days): Criteria {
  return within('lastOrderAt', window)
}

/**
 * Logged in at most so many days ago.
 *
 * @throws CRITERIA_INVALID, UNKNOWN_FIELD
 */
export function loggedInWithin(window: Days): Criteria {
  return within('lastLoginAt', window)
}

/**
 * Had a conversation at most so many days ago; with `status`, one that stands so.
 *
 * @throws CRITERIA_INVALID, UNKNOWN_FIELD
 */
export function conversationWithin({ status, ...window }: Days & { readonly status?: string }): Criteria {
  const active = within('lastConversationAt', window)
  return status === undefined ? active : all(active, conversationStatus(status))
}

/**
 * The last conversation stands so: `open`, `waiting`, `closed` or another word of the host.
 *
 * @throws CRITERIA_INVALID
 */
export function conversationStatus(status: string): Criteria {
  return readCriteria({ type: 'conversation', status })
}

/**
 * The latest known login, order or conversation lies more than so many days back. Unknown when none is known.
 *
 * @throws CRITERIA_INVALID, UNKNOWN_FIELD
 */
export function inactiveFor(window: Days): Criteria {
  return withOptions({ type: 'inactive' }, window)
}

/**
 * Ordered at least so many times.
 *
 * @throws CRITERIA_INVALID
 */
export function minOrders(count: number): Criteria {
  return fact('orderCount', '>=', count)
}

/**
 * Spent at least so much, in minor units.
 *
 * @throws CRITERIA_INVALID
 */
export function spentAtLeast(amountMinor: number): Criteria {
  return fact('totalSpentMinor', '>=', amountMinor)
}

/**
 * Left at least so many transactions incomplete.
 *
 * @throws CRITERIA_INVALID
 */
export function minIncompleteTransactions(count: number): Criteria {
  return fact('incompleteTransactions', '>=', count)
}

/**
 * Compares a fact that is a number. Unknown when it is absent.
 *
 * @throws CRITERIA_INVALID
 */
export function fact(name: NumberFact, op: Comparison, value: number): Criteria {
  return readCriteria({ type: 'fact', fact: name, op, value })
}

/**
 * The fact is known at all.
 *
 * @throws CRITERIA_INVALID
 */
export function known(name: InstantFact | NumberFact | 'conversationStatus'): Criteria {
  return readCriteria({ type: 'known', fact: name })
}

/**
 * Compares a free attribute. Unknown when it is absent; values of different types are unequal and not ordered.
 *
 * @param op - a comparison; `in` a list of values; `contains` a text, as a part or as an item; or `exists`
 * @throws CRITERIA_INVALID, UNKNOWN_FIELD
 */
export function attribute(name: string, op: Comparison, value: Scalar): Criteria
export function attribute(name: string, op: 'in', value: readonly Scalar[]): Criteria
export function attribute(name: string, op: 'contains', value: string): Criteria
export function attribute(name: string, op: 'exists'): Criteria
export function attribute(name: string, op: string, value?: unknown): Criteria {
  return readCriteria({ type: 'attribute', name, op, ...(value === undefined ? {} : { value }) })
}

/**
 * Has the attribute at all.
 *
 * @throws CRITERIA_INVALID
 */
export function hasAttribute(name: string): Criteria {
  return attribute(name, 'exists')
}

/**
 * Compares how many events of a type there are, ever or within so many days.
 *
 * @param type - such as `opened`, `redemption` or a word of the host
 * @throws CRITERIA_INVALID, UNKNOWN_FIELD
 */
export function eventCount(
  type: string,
  op: Comparison,
  count: number,
  options: { readonly withinDays?: number } = {},
): Criteria {
  return withOptions({ type: 'events', event: type, op, count }, options)
}

/**
 * Belongs to the named segment of the tenant.
 *
 * @throws CRITERIA_INVALID
 */
export function segment(name: string): Criteria {
  return readCriteria({ type: 'segment', name })
}

/**
 * An external rule of the host says yes. Stands only as a conjunct at the root.
 *
 * @throws CRITERIA_INVALID
 */
export function eligible(rule: string): Criteria {
  return readCriteria({ type: 'eligibility', rule })
}

function within(name: InstantFact, window: Days): Criteria {
  return withOptions({ type: 'within', fact: name }, window)
}

/** Options become fields of the node, so that unknown ones are refused by its schema; none may take a fixed field's place. */
function withOptions(fixed: object, options: object): Criteria {
  const taken = Object.keys(fixed).find((field) => Object.hasOwn(options, field))
  if (taken !== undefined)
    throw new CampaignKitError('UNKNOWN_FIELD', `${taken}: not an option`, { path: taken })
  return readCriteria({ ...options, ...fixed })
}
