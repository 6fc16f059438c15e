import type { CustomerId } from '../base/ids.js'
import type { Scope } from '../model/scope.js'
import type { MatchedPage, MatchRequest } from '../ports/customer-directory.js'
import { eventNeeds } from '../segmentation/event-needs.js'
import { compileCriteria } from '../segmentation/matcher.js'
import type { EngineContext } from './context.js'
import { countEvents } from './count-events.js'

/** Those who match behind `after`: the directory asks the rule itself where it can, else a page of it is read. */
export type MatchPage = (page: {
  readonly after: CustomerId | null
  readonly limit: number
}) => Promise<MatchedPage>

/** The way to the customers whom a rule matches: the directory's own where it has one, else page by page through all. */
export function createMatch(context: EngineContext, scope: Scope, request: MatchRequest): MatchPage {
  const { customers } = context.storage
  const { scanMatching } = customers
  if (scanMatching !== null) return (page) => scanMatching.call(customers, scope, request, page)
  const { criteria, asOf } = request
  const matches = compileCriteria(criteria, { now: asOf })
  const needs = eventNeeds(criteria, asOf)
  return async (page) => {
    const looked = await customers.scan(scope, page)
    const counts = await countEvents(context, scope, needs, asOf, looked)
    const last = looked.at(-1)
    return {
      customers: looked.filter((customer) => matches(customer, counts.get(customer.id))),
      next: last === undefined || looked.length < page.limit ? null : last.id,
    }
  }
}
