import type { CustomerId, MatchRequest } from '@campaignkit/core/adapter'
import { type Fragment, joined, sql } from '../sql.js'
import { criteriaPredicate } from './criteria-predicate.js'
import type { CustomerSource } from './customer-source.js'
import { eventCountsByRow, groupedEventCounts } from './event-counts.js'
import { conjunctsOf } from './event-presence.js'
import type { MatchingPlace } from './matched-rows.js'
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
  const known = countInIndex(place, { ...request, criteria }, compact.condition, cuts)
  const beside = countBeside(place, request, { criteria, byAttribute }, compact.condition)
  return sql`select ((${known}) + (${beside}))::float8 as count`
}

/** Whether there are events is asked of their counts as well: a few customers with most of the events mislead a join by the events themselves. */
function countInIndex(
  place: MatchingPlace,
  { criteria, asOf }: MatchRequest,
  isCompact: Fragment,
  cuts: readonly CustomerId[],
): Fragment {
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
  const relation = inParts(source, cuts)
  return sql`select count(*) from ${relation} ${counts.joins} where ${joined(conditions, ' and ')}`
}

/**
 * The customers as one relation of parts. Processes that read one index together wait for each other at every page, as
 * long as it is not in memory; those that read different parts do not.
 */
function inParts({ relation, behind, upTo }: CustomerSource, cuts: readonly CustomerId[]): Fragment {
  if (cuts.length === 0) return relation
  const parts = [null, ...cuts].map((after, at) => {
    const last = cuts[at]
    const bounds = [...(after === null ? [] : [behind(after)]), ...(last === undefined ? [] : [upTo(last)])]
    return sql`select * from ${relation} where ${joined(bounds, ' and ')}`
  })
  return sql`(${joined(parts, ' union all ')}) as c`
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
