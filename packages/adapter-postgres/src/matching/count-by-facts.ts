import type { CustomerId, MatchRequest } from '@campaignkit/core/adapter'
import { type Fragment, joined, sql } from '../sql.js'
import { criteriaPredicate } from './criteria-predicate.js'
import type { CompactFacts, CustomerSource } from './customer-source.js'
import { eventCountsByRow, groupedEventCounts } from './event-counts.js'
import { conjunctsOf } from './event-presence.js'
import { boundsOf, type MatchingPlace } from './matched-rows.js'
import { type RuleByFacts, ruleByFacts } from './rule-by-facts.js'

/**
 * How many customers match, as one statement that reads the index of all facts instead of the rows; who does not stand in
 * it, or passes by an attribute, is counted beside. Null where there is no such index, or the rule needs an attribute.
 *
 * @param cuts - ids in order between which the index is read in parts, by several processes at once
 */
export function countByFactsStatement(
  place: MatchingPlace,
  request: MatchRequest,
  cuts: readonly CustomerId[] = [],
): Fragment | null {
  const { compact } = place.source
  const { criteria, byAttribute } = ruleByFacts(request.criteria)
  if (compact === null || criteria === null) return null
  const known = countsInIndex(place, { ...request, criteria }, compact, cuts)
  const beside = countBeside(place, request, { criteria, byAttribute }, compact.condition)
  return sql`select sum(size)::float8 as count from (${joined([...known, beside], ' union all ')}) as parts`
}

/**
 * The counts of those who stand in the index. Where no events are counted, a part is counted whole by one process: handing
 * rows on to be counted costs as much as reading them, and processes that read one part together also wait for each other at
 * every page, as long as it is not in memory.
 *
 * Whether there are events is asked of their counts as well: a few customers with most of the events mislead a join by the events themselves.
 */
function countsInIndex(
  place: MatchingPlace,
  { criteria, asOf }: MatchRequest,
  { condition, latestActivity, tagBits }: CompactFacts,
  cuts: readonly CustomerId[],
): readonly Fragment[] {
  const { tables, tenant } = place
  const source = { ...place.source, tagBits, latestActivity }
  const counts = groupedEventCounts(criteria, { events: tables.events, tenant, asOf, customerId: source.id })
  const conditions = [
    source.ofTenant(tenant),
    condition,
    // said like this, none of them leads the database to another index, whose rows would have to be read
    ...conjunctsOf(criteria).map(
      (part) => sql`(${criteriaPredicate(part, { source, counts, asOf })}) is true`,
    ),
  ]
  const filter = joined(conditions, ' and ')
  const parts = partsOf(source, cuts)
  if (counts.joins.text === '' && filter.values.length <= FEW_VALUES && parts.length > 0)
    return parts.map(
      (part) => sql`select count(*) as size from ${source.relation} where ${part} and ${filter}`,
    )
  return [sql`select count(*) as size from ${asOneRelation(source, parts)} ${counts.joins} where ${filter}`]
}

/** What each part asks again does not make a long statement. */
const FEW_VALUES = 100

/** The conditions of each part of the customers by id, between the cuts. */
function partsOf(source: CustomerSource, cuts: readonly CustomerId[]): readonly Fragment[] {
  if (cuts.length === 0) return []
  return (['', ...cuts] as const).map((after, at) =>
    joined(boundsOf(source, { after, upTo: cuts[at] ?? null }), ' and '),
  )
}

/** The customers as one relation of parts, to be joined as a whole. */
function asOneRelation({ relation }: CustomerSource, parts: readonly Fragment[]): Fragment {
  if (parts.length === 0) return relation
  const each = parts.map((part) => sql`select * from ${relation} where ${part}`)
  return sql`(${joined(each, ' union all ')}) as c`
}

function countBeside(
  place: MatchingPlace,
  { criteria, asOf }: MatchRequest,
  byFacts: RuleByFacts & { readonly criteria: object },
  isCompact: Fragment,
): Fragment {
  const { source, tables, tenant } = place
  const counts = eventCountsByRow(criteria, { events: tables.events, tenant, asOf, customerId: source.id })
  const subject = { source, counts, asOf }
  const ways = byFacts.byAttribute.map((leaf) => criteriaPredicate(leaf, subject))
  const known = criteriaPredicate(byFacts.criteria, subject)
  const conditions = [
    source.ofTenant(tenant),
    sql`(${joined([sql`not ${isCompact}`, ...ways], ' or ')})`,
    sql`(not ${isCompact} or (${known}) is not true)`,
    criteriaPredicate(criteria, subject),
  ]
  return sql`select count(*) as size from ${source.relation} ${counts.joins} where ${joined(conditions, ' and ')}`
}
