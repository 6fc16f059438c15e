import type { CustomerId, MatchRequest, TenantId } from '@campaignkit/core/adapter'
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

/** How many customers match, as one statement. */
export function countStatement(place: MatchingPlace, { criteria, asOf }: MatchRequest): Fragment {
  const { source, tables, tenant } = place
  const scope = { events: tables.events, tenant, asOf, customerId: source.id }
  const split = splitPresence(criteria, scope)
  const counts = groupedEventCounts(split.criteria, scope)
  const conditions = [
    source.ofTenant(tenant),
    ...split.conditions,
    criteriaPredicate(split.criteria, { source, counts, asOf }),
  ]
  return sql`select count(*)::float8 as count from ${source.relation} ${counts.joins}
    where ${joined(conditions, ' and ')}`
}

/** A page of the customers who match, in the code-point order of their ids, as one statement. */
export function pageStatement(
  place: MatchingPlace,
  { criteria, asOf }: MatchRequest,
  { after, limit }: { readonly after: CustomerId | null; readonly limit: number },
): Fragment {
  const { source, tables, tenant } = place
  const scope = { events: tables.events, tenant, asOf, customerId: source.id }
  const split = splitPresence(criteria, scope)
  const counts = eventCountsByRow(split.criteria, scope)
  const conditions = [
    source.ofTenant(tenant),
    ...(after === null ? [] : [source.behind(after)]),
    ...split.conditions,
    ...eventsAtAll(split.criteria, scope),
    criteriaPredicate(split.criteria, { source, counts, asOf }),
  ]
  return sql`select ${source.selection} from ${source.relation} ${counts.joins}
    where ${joined(conditions, ' and ')} order by ${source.order} limit ${limit}`
}

/** A statement as PostgreSQL numbers its parameters. */
export function numbered({ text }: Fragment): string {
  let parameters = 0
  return text.replaceAll(/\\\?|\?/g, (hole) => {
    if (hole !== '?') return '?'
    parameters += 1
    return `$${parameters}`
  })
}
