import type { MatchRequest, Stretch } from '@campaignkit/core/adapter'
import { type Fragment, joined, sql } from '../sql.js'
import { criteriaPredicate } from './criteria-predicate.js'
import type { CustomerSource } from './customer-source.js'
import { eventCountsByRow, groupedEventCounts } from './event-counts.js'
import { eventsAtAll, splitPresence } from './event-presence.js'
import type { MatchingPlace } from './matching-statements.js'

/** From `from` on: all customers who match, under the alias `c`. */
export function everyMatch({ source, tables, tenant }: MatchingPlace, request: MatchRequest): Fragment {
  const { criteria, asOf } = request
  const scope = { events: tables.events, tenant, asOf, customerId: source.id }
  const split = splitPresence(criteria, scope)
  const counts = groupedEventCounts(split.criteria, scope)
  const conditions = [
    source.ofTenant(tenant),
    ...split.conditions,
    criteriaPredicate(split.criteria, { source, counts, asOf }),
  ]
  return sql`from ${source.relation} ${counts.joins} where ${joined(conditions, ' and ')}`
}

/** From `from` on: the customers of a stretch who match, under the alias `c`. */
export function matchesIn(
  { source, tables, tenant }: MatchingPlace,
  { criteria, asOf }: MatchRequest,
  stretch: Stretch,
): Fragment {
  const scope = { events: tables.events, tenant, asOf, customerId: source.id }
  const split = splitPresence(criteria, scope)
  const counts = eventCountsByRow(split.criteria, scope)
  const conditions = [
    source.ofTenant(tenant),
    ...within(source, stretch),
    ...split.conditions,
    ...eventsAtAll(split.criteria, scope),
    criteriaPredicate(split.criteria, { source, counts, asOf }),
  ]
  return sql`from ${source.relation} ${counts.joins} where ${joined(conditions, ' and ')}`
}

/** That a customer stands in a stretch. */
export function within(source: CustomerSource, { after, upTo }: Stretch): readonly Fragment[] {
  return [...(after === '' ? [] : [source.behind(after)]), ...(upTo === null ? [] : [source.upTo(upTo)])]
}
