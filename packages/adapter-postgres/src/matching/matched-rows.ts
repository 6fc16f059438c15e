import type { MatchRequest, Stretch, TenantId } from '@campaignkit/core/adapter'
import { type Fragment, joined, sql } from '../sql.js'
import type { Tables } from '../tables.js'
import { criteriaPredicate } from './criteria-predicate.js'
import type { CustomerSource } from './customer-source.js'
import { eventCountsByRow, groupedEventCounts } from './event-counts.js'
import { eventsAtAll, splitPresence } from './event-presence.js'

/** Where a rule is asked. */
export interface MatchingPlace {
  readonly source: CustomerSource
  readonly tables: Pick<Tables, 'events'>
  readonly tenant: TenantId
}

/** From `from` on: all customers who match, under the alias `c`. For statements that go through all of them. */
export function everyMatch(
  { source, tables, tenant }: MatchingPlace,
  { criteria, asOf }: MatchRequest,
): Fragment {
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

/** Behind which id customers are meant, and up to which. */
type Bounds = Pick<Stretch, 'after' | 'upTo'>

/** That a customer is between two ids: no condition where there is no bound. */
export function boundsOf(source: CustomerSource, { after, upTo }: Bounds): readonly Fragment[] {
  return [...(after === '' ? [] : [source.behind(after)]), ...(upTo === null ? [] : [source.upTo(upTo)])]
}

/** From `from` on: the customers between two ids who match, under the alias `c`. For statements that look at a part of them. */
export function matchesBetween(
  { source, tables, tenant }: MatchingPlace,
  { criteria, asOf }: MatchRequest,
  between: Bounds,
): Fragment {
  const scope = { events: tables.events, tenant, asOf, customerId: source.id }
  const split = splitPresence(criteria, scope)
  const counts = eventCountsByRow(split.criteria, scope)
  const conditions = [
    source.ofTenant(tenant),
    ...boundsOf(source, between),
    ...split.conditions,
    ...eventsAtAll(split.criteria, scope),
    criteriaPredicate(split.criteria, { source, counts, asOf }),
  ]
  return sql`from ${source.relation} ${counts.joins} where ${joined(conditions, ' and ')}`
}
