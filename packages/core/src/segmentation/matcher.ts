import { CampaignKitError } from '../base/error.js'
import type { Instant } from '../base/time.js'
import type { Criteria } from '../model/criteria.js'
import type { Customer } from '../model/customer.js'
import { type EventCounts, leafTest, type Test } from './leaf.js'

/**
 * Tells whether a customer matches.
 *
 * @param eventCounts - counts by the keys of `eventNeeds`; an absent one is 0
 */
export type Matcher = (customer: Customer, eventCounts?: EventCounts) => boolean

const NO_EVENTS: EventCounts = new Map()

/**
 * Compiles criteria into one function, which allocates nothing for a customer.
 *
 * The logic of three values needs no third value here: each node becomes either the test whether it is true or, under
 * an odd number of `not`, the test whether it is false; a leaf that is unknown passes neither.
 *
 * Windows: with a customer's fact at exactly `now - days` (in days of 24 hours) or at exactly `now`, `within` is true;
 * a millisecond earlier or later it is false. `inactive` is false at exactly `now - days` and true a millisecond earlier.
 * `contains` is false of numbers and flags, `in` is false of lists.
 *
 * @param criteria - without named segments and external rules: `resolveSegments` and `splitEligibility` come first
 * @throws SEGMENT_NOT_FOUND, ELIGIBILITY_MISPLACED when one is left
 */
export function compileCriteria(criteria: Criteria, { now }: { readonly now: Instant }): Matcher {
  const test = testOf(criteria, true, now)
  return (customer, eventCounts = NO_EVENTS) => test(customer, eventCounts)
}

function testOf(node: Criteria, wanted: boolean, now: Instant): Test {
  switch (node.type) {
    case 'not':
      return testOf(node.of, !wanted, now)
    case 'all':
    case 'any': {
      const parts = node.of.map((part) => testOf(part, wanted, now))
      return (node.type === 'all') === wanted ? everyOf(parts) : someOf(parts)
    }
    case 'segment':
      throw new CampaignKitError('SEGMENT_NOT_FOUND', 'A named segment was not resolved', {
        details: { name: node.name },
      })
    case 'eligibility':
      throw new CampaignKitError('ELIGIBILITY_MISPLACED', 'An external rule was not split off', {
        details: { rule: node.rule },
      })
    default:
      return leafTest(node, wanted, now)
  }
}

function everyOf(tests: readonly Test[]): Test {
  const [first, second, third] = tests
  if (first === undefined) return () => true
  if (second === undefined) return first
  if (third === undefined) return (customer, counts) => first(customer, counts) && second(customer, counts)
  return (customer, counts) => {
    for (const test of tests) if (!test(customer, counts)) return false
    return true
  }
}

function someOf(tests: readonly Test[]): Test {
  const [first, second, third] = tests
  if (first === undefined) return () => false
  if (second === undefined) return first
  if (third === undefined) return (customer, counts) => first(customer, counts) || second(customer, counts)
  return (customer, counts) => {
    for (const test of tests) if (test(customer, counts)) return true
    return false
  }
}
