import type { CampaignEvent, ChannelKind, CustomerId, EventStore, Instant } from '@campaignkit/core/adapter'
import type { EventTable } from './event-table.js'

type LastRequest = Parameters<EventStore['lastByChannel']>[1]

/** When each customer last did one of these things on a channel, machines apart. */
export function lastByChannel(
  events: EventTable,
  { types, customerIds }: LastRequest,
): Awaited<ReturnType<EventStore['lastByChannel']>> {
  const last = new Map<CustomerId, Partial<Record<ChannelKind, Instant>>>()
  for (const customerId of new Set(customerIds)) {
    const ofCustomer: Partial<Record<ChannelKind, Instant>> = {}
    const counted = events
      .ofCustomer(customerId)
      .filter(({ type, machine }) => !machine && types.includes(type))
    for (const { at, channel } of counted.flatMap(placesOf))
      ofCustomer[channel] = Math.max(at, ofCustomer[channel] ?? at)
    if (counted.some((event) => placesOf(event).length > 0)) last.set(customerId, ofCustomer)
  }
  return last
}

function placesOf({ at, attributions }: CampaignEvent) {
  return attributions.flatMap(({ channel }) => (channel === null ? [] : [{ at, channel }]))
}
