import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

const IN_ORDER = 'deliveries.inbox: goes from the latest to the first, then by id, to the very end'

/** Storages that mix up what customers were sent in the app. */
export const inboxStorages: readonly BrokenStorage[] = [
  {
    name: 'ends an inbox with its first page',
    caughtBy: IN_ORDER,
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        inbox: async (...given) => ({ ...(await storage.deliveries.inbox(...given)), nextCursor: null }),
      }),
  },
  {
    name: 'shows the first message first',
    caughtBy: IN_ORDER,
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        inbox: async (...given) => {
          const { items, nextCursor } = await storage.deliveries.inbox(...given)
          return { items: items.toReversed(), nextCursor }
        },
      }),
  },
  {
    name: 'shows what was dismissed',
    caughtBy: 'deliveries.inbox: tells what was dismissed from what was not',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        inbox: (scope, customerId, _filter, page) => storage.deliveries.inbox(scope, customerId, {}, page),
      }),
  },
]
