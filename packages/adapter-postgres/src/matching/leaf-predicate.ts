import { assertNever, type Criteria, DAY_MS, type Instant } from '@campaignkit/core/adapter'
import { type Fragment, raw, sql } from '../sql.js'
import { attributePredicate } from './attribute-predicate.js'
import type { CustomerSource, InstantColumn } from './customer-source.js'
import { operatorOf } from './operator.js'
import type { PredicateSubject } from './predicate-subject.js'

/** A node that is decided by looking at the customer alone. */
export type LeafCriteria = Exclude<Criteria, { type: 'all' | 'any' | 'not' | 'segment' | 'eligibility' }>
type LeafOf<Type extends LeafCriteria['type']> = Extract<LeafCriteria, { type: Type }>

/** The condition that a leaf is true, or (`wanted` false) that it is false; null or false where it is unknown. */
export function leafPredicate(leaf: LeafCriteria, wanted: boolean, subject: PredicateSubject): Fragment {
  const { source, counts, asOf } = subject
  switch (leaf.type) {
    case 'everyone':
      return raw(String(wanted))
    case 'tags':
      return tagsPredicate(leaf, wanted, source)
    case 'within':
      return withinPredicate(source.instants[leaf.fact], leaf.days, wanted, asOf)
    case 'inactive': {
      const { at, bound } = source.latestActivity
      return sql`${at} ${raw(wanted ? '<' : '>=')} ${bound(daysBefore(asOf, leaf.days))}`
    }
    case 'fact':
      return sql`${source.numbers[leaf.fact]} ${operatorOf(leaf.op, wanted)} ${leaf.value}::float8`
    case 'conversation':
      return sql`${source.conversationStatus} ${operatorOf('=', wanted)} ${leaf.status}`
    case 'known':
      return sql`${knownColumn(source, leaf.fact)} is ${raw(wanted ? 'not null' : 'null')}`
    case 'attribute':
      return attributePredicate(leaf, wanted, source)
    case 'events':
      return counts.predicate(leaf, wanted)
    default:
      return assertNever(leaf)
  }
}

function tagsPredicate(
  { match, tags }: LeafOf<'tags'>,
  wanted: boolean,
  { tags: held, tagBits }: CustomerSource,
): Fragment {
  const isWanted = (match !== 'none') === wanted
  const holds = sql`${held} ${raw(match === 'all' ? '@>' : '&&')} ${tags}::text[]`
  if (tagBits === null) return whether(holds, isWanted)
  const asked = tagBits.of(tags)
  const isPossible = match === 'all' ? sql`= ${asked}` : sql`<> 0`
  return whether(
    sql`case when ${tagBits.held} & ${asked} ${isPossible} then ${holds} else false end`,
    isWanted,
  )
}

/** A host's customer without tags may have null for them. */
function whether(holds: Fragment, wanted: boolean): Fragment {
  return wanted ? sql`(${holds})` : sql`(${holds}) is not true`
}

/** Instants are whole, so that both bounds can be: from the first that lies within, to the first that does not. */
function withinPredicate(
  { at, bound }: InstantColumn,
  days: number,
  wanted: boolean,
  asOf: Instant,
): Fragment {
  const from = bound(daysBefore(asOf, days))
  const end = bound(Math.floor(asOf) + 1)
  return wanted ? sql`(${at} >= ${from} and ${at} < ${end})` : sql`(${at} < ${from} or ${at} >= ${end})`
}

function daysBefore(asOf: Instant, days: number): Instant {
  return Math.ceil(asOf - days * DAY_MS)
}

function knownColumn(source: CustomerSource, fact: LeafOf<'known'>['fact']): Fragment {
  switch (fact) {
    case 'conversationStatus':
      return source.conversationStatus
    case 'lastLoginAt':
    case 'lastOrderAt':
    case 'lastConversationAt':
      return source.instants[fact].at
    case 'orderCount':
    case 'totalSpentMinor':
    case 'incompleteTransactions':
      return source.numbers[fact]
    default:
      return assertNever(fact)
  }
}
