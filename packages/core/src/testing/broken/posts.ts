import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

const ONCE = 'posts: append puts up one a run, step, channel and placement'

/** Storages that mix up what is put in public. */
export const postStorages: readonly BrokenStorage[] = [
  {
    name: 'puts up what is there already once more',
    caughtBy: ONCE,
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        append: async (scope, deliveries) => {
          await storage.deliveries.append(
            scope,
            deliveries.map((each) =>
              each.placement === null ? each : { ...each, placement: `${each.placement} of ${each.id}` },
            ),
          )
        },
      }),
  },
  {
    name: 'puts up one in all placements of a channel',
    caughtBy: ONCE,
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        append: async (scope, deliveries) => {
          await storage.deliveries.append(
            scope,
            deliveries.map((each) => (each.placement === null ? each : { ...each, placement: 'anywhere' })),
          )
        },
      }),
  },
  {
    name: 'takes what is put in public for the message of a customer',
    caughtBy: 'posts: are claimed, attempted without an address and settled like messages',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        claim: async (...given) =>
          (await storage.deliveries.claim(...given)).filter(({ placement }) => placement === null),
      }),
  },
]
