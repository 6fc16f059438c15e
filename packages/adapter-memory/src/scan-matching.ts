import {
  type CustomerId,
  compileCriteria,
  eventNeeds,
  type MatchedPage,
  type MatchRequest,
} from '@campaignkit/core/adapter'
import { countByCustomer } from './count-by-customer.js'
import type { Tenant } from './tenants.js'

/** Those who match of the next so many customers: a page looks at no more than it may hold, so that it blocks nobody. */
export function scanMatching(
  { customers, events }: Tenant,
  { criteria, asOf }: MatchRequest,
  { after, limit }: { readonly after: CustomerId | null; readonly limit: number },
): MatchedPage {
  const looked = customers.scan(after, limit)
  const matches = compileCriteria(criteria, { now: asOf })
  const needs = eventNeeds(criteria, asOf)
  const matched = looked.filter((customer) => {
    const customerIds = [customer.id]
    const counts = needs.map(({ key, type, since }) => {
      const count = countByCustomer(events, { type, since, until: asOf, customerIds })
      return [key, count.get(customer.id) ?? 0] as const
    })
    return matches(customer, new Map(counts))
  })
  const last = looked.at(-1)
  return { customers: matched, next: last === undefined || looked.length < limit ? null : last.id }
}
