import type { ChannelKind, CustomerId, EventStore, Instant } from '@campaignkit/core/adapter'
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
    for (const { type, machine, at, attributions } of events.ofCustomer(customerId)) {
      if (machine || !types.includes(type)) continue
      for (const { channel } of attributions) {
        if (channel !== null) ofCustomer[channel] = Math.max(at, ofCustomer[channel] ?? at)
      }
    }
    if (Object.keys(ofCustomer).length > 0) last.set(customerId, ofCustomer)
  }
  return last
}
