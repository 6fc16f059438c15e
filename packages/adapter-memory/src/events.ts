import type { EventStore } from '@campaignkit/core/adapter'
import { appendReceipts } from './append-receipts.js'
import { countByCustomer } from './count-by-customer.js'
import { frozenCopy } from './frozen-copy.js'
import { lastByChannel } from './last-by-channel.js'
import { byPlace } from './order.js'
import { pageOf, placeCursor } from './paging.js'
import type { TenantOf } from './tenants.js'

const MOST_OF_CUSTOMER = 1_000

/** The events of {@link createMemoryStorage}. */
export function createEventStore(tenantOf: TenantOf): EventStore {
  return {
    append: async (scope, events) => tenantOf(scope).events.append(frozenCopy(events)),
    appendReceipts: async (scope, entries, now) => appendReceipts(tenantOf(scope), frozenCopy(entries), now),
    known: async (scope, keys) => {
      const { events } = tenantOf(scope)
      return [...new Set(keys)].filter((key) => events.get(key) !== null)
    },
    counters: async (scope, campaignId, runId) => tenantOf(scope).events.counters.list(campaignId, runId),
    list: async (scope, campaignId, { types, deliveryId }, page) => {
      const { events } = tenantOf(scope)
      return pageOf(events.orderOf(campaignId), placeCursor, page, ({ key }) => {
        const event = events.get(key)
        if (event === null || (types !== undefined && !types.includes(event.type))) return null
        return deliveryId === undefined || event.deliveryId === deliveryId ? event : null
      })
    },
    ofCustomer: async (scope, customerId) =>
      [...tenantOf(scope).events.ofCustomer(customerId)].sort(byPlace).slice(-MOST_OF_CUSTOMER),
    countByCustomer: async (scope, request) => countByCustomer(tenantOf(scope).events, request),
    lastByChannel: async (scope, request) => lastByChannel(tenantOf(scope).events, request),
    rebuild: async (scope, campaignId) => {
      tenantOf(scope).events.rebuild(campaignId)
      return { outcome: 'rebuilt' }
    },
    reclassify: async (scope, ...given) => {
      const [campaignId, judgements, entry] = frozenCopy(given)
      const { events, journal } = tenantOf(scope)
      events.reclassify(campaignId, judgements)
      journal.write(entry)
      return { outcome: 'written' }
    },
    forget: async (scope, customerIds) => {
      const { events } = tenantOf(scope)
      for (const customerId of customerIds) events.forget(customerId)
    },
  }
}
