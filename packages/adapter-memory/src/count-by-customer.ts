import type { CampaignEvent, CustomerId, EventStore } from '@campaignkit/core/adapter'
import type { EventTable } from './event-table.js'

type CountRequest = Parameters<EventStore['countByCustomer']>[1]

/** How many events of a type each customer has in a window; those without any are left out. */
export function countByCustomer(
  events: EventTable,
  { type, since, until, customerIds }: CountRequest,
): ReadonlyMap<CustomerId, number> {
  const isCounted = (event: CampaignEvent) =>
    event.type === type && (since === null || event.at > since) && event.at <= until
  const counts = new Map<CustomerId, number>()
  for (const customerId of customerIds) {
    const count = events.ofCustomer(customerId).filter(isCounted).length
    if (count > 0) counts.set(customerId, count)
  }
  return counts
}
