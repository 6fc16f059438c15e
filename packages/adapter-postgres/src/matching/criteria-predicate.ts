import { CampaignKitError, type Criteria } from '@campaignkit/core/adapter'
import { type Fragment, joined, raw, sql } from '../sql.js'
import { type LeafCriteria, leafPredicate } from './leaf-predicate.js'
import type { PredicateSubject } from './predicate-subject.js'

/**
 * The condition under which criteria match. The logic of three values is that of `compileCriteria`: each node becomes
 * the condition that it is true or, under an odd number of `not`, that it is false. Only leaves can be null, and no
 * `not` stands above them, so that SQL's null is as good as false.
 *
 * @param criteria - without named segments and external rules
 * @throws SEGMENT_NOT_FOUND, ELIGIBILITY_MISPLACED when one is left
 */
export function criteriaPredicate(criteria: Criteria, subject: PredicateSubject): Fragment {
  return predicateOf(criteria, true, subject)
}

function predicateOf(node: Criteria, wanted: boolean, subject: PredicateSubject): Fragment {
  switch (node.type) {
    case 'not':
      return predicateOf(node.of, !wanted, subject)
    case 'all':
    case 'any': {
      const isAll = (node.type === 'all') === wanted
      if (node.of.length === 0) return raw(String(isAll))
      const cheapestFirst = node.of.toSorted((left, right) => costOf(left) - costOf(right))
      const parts = cheapestFirst.map((part) => predicateOf(part, wanted, subject))
      return sql`(${joined(parts, isAll ? ' and ' : ' or ')})`
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
      return leafPredicate(node, wanted, subject)
  }
}

/** What it takes to look at a row, as far as the order of looking goes: a database takes alternatives as they stand. */
const COSTS: Readonly<Record<LeafCriteria['type'], number>> = {
  everyone: 0,
  known: 1,
  within: 1,
  inactive: 1,
  fact: 1,
  events: 1,
  conversation: 2,
  tags: 5,
  attribute: 8,
}

function costOf(node: Criteria): number {
  switch (node.type) {
    case 'not':
      return costOf(node.of)
    case 'all':
    case 'any':
      return node.of.reduce((sum, part) => sum + costOf(part), 0)
    case 'segment':
    case 'eligibility':
      return 0
    default:
      return COSTS[node.type]
  }
}
