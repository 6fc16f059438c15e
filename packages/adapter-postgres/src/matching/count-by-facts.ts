import type { MatchRequest } from '@campaignkit/core/adapter'
import { type Fragment, joined, sql } from '../sql.js'
import { criteriaPredicate } from './criteria-predicate.js'
import { eventCountsByRow, groupedEventCounts } from './event-counts.js'
import { conjunctsOf } from './event-presence.js'
import type { MatchingPlace } from './matched-rows.js'
import { type RuleByFacts, ruleByFacts } from './rule-by-facts.js'

/**
 * How many customers match, as one statement that reads the index of all facts instead of the rows; who does not stand in
 * it, or passes by an attribute, is counted beside. Null where there is no such index, or the rule needs an attribute.
 */
export function countByFactsStatement(place: MatchingPlace, request: MatchRequest): Fragment | null {
  const { compact } = place.source
  const { criteria, byAttribute } = ruleByFacts(request.criteria)
  if (compact === null || criteria === null) return null
  const known = countInIndex(place, { ...request, criteria }, compact.condition)
  const beside = countBeside(place, request, { criteria, byAttribute }, compact.condition)
  return sql`select ((${known}) + (${beside}))::float8 as count`
}

/** Whether there are events is asked of their counts as well: a few customers with most of the events mislead a join by the events themselves. */
function countInIndex(place: MatchingPlace, { criteria, asOf }: MatchRequest, isCompact: Fragment): Fragment {
  const { tables, tenant } = place
  const source = { ...place.source, asksTagIndex: false }
  const counts = groupedEventCounts(criteria, { events: tables.events, tenant, asOf, customerId: source.id })
  const conditions = [
    source.ofTenant(tenant),
    isCompact,
    // said like this, none of them leads the database to another index, whose rows would have to be read
    ...conjunctsOf(criteria).map(
      (part) => sql`(${criteriaPredicate(part, { source, counts, asOf })}) is true`,
    ),
  ]
  return sql`select count(*) from ${source.relation} ${counts.joins} where ${joined(conditions, ' and ')}`
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
  return sql`select count(*) from ${source.relation} ${counts.joins} where ${joined(conditions, ' and ')}`
}
