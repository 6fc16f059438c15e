import type { Delivery } from '../../model/delivery.js'
import type { Scope } from '../../model/scope.js'
import type { Hold } from '../../ports/storage/delivery-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

async function refenced<Held extends Hold>(
  storage: Storage,
  scope: Scope,
  held: readonly Held[],
): Promise<Held[]> {
  const stored = await storage.deliveries.get(
    scope,
    held.map(({ deliveryId }) => deliveryId),
  )
  const fences = new Map(stored.map(({ id, lease }) => [id, lease?.fence]))
  return held.map((hold) => ({ ...hold, fence: fences.get(hold.deliveryId) ?? hold.fence }))
}

/** Storages that lease and settle deliveries wrongly. */
export const ledgerStorages: readonly BrokenStorage[] = [
  {
    name: 'claims twice',
    caughtBy: 'deliveries: claimers at once never share a delivery and leave none behind',
    wrap: (storage) => {
      let asked: Promise<readonly Delivery[]> | null = null
      return withStore(storage, 'deliveries', {
        claim: (scope, runId, request) => {
          asked ??= storage.deliveries.claim(scope, runId, request).finally(() => {
            asked = null
          })
          return asked
        },
      })
    },
  },
  {
    name: 'gives the first deliveries of an address for the last',
    caughtBy:
      'deliveries: byAddressKey gives what went to the addresses, the last due first, and no more than asked for',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        byAddressKey: async (scope, keys, limit) =>
          (await storage.deliveries.byAddressKey(scope, keys, 1_000)).toReversed().slice(0, limit),
      }),
  },
  {
    name: 'claims in no order',
    caughtBy: 'deliveries: claim leases what is due, in order of due instant, rank and id',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        claim: async (scope, runId, request) =>
          (await storage.deliveries.claim(scope, runId, request)).toReversed(),
      }),
  },
  {
    name: 'ignores the lease',
    caughtBy: 'deliveries: a lease binds until its end, and then the delivery is claimed with a larger fence',
    wrap: (storage) => {
      let calls = 0
      return withStore(storage, 'deliveries', {
        claim: (scope, runId, request) => {
          calls += 1
          return storage.deliveries.claim(scope, runId, {
            ...request,
            now: request.now + calls * request.leaseMs,
          })
        },
      })
    },
  },
  {
    name: 'gives attempts under a living lease to others',
    caughtBy: 'deliveries: claimInDoubt gives attempts whose lease has ended, to one caller, as they are',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        claimInDoubt: (scope, runId, request) =>
          storage.deliveries.claimInDoubt(scope, runId, { ...request, now: request.now + request.leaseMs }),
      }),
  },
  {
    name: 'opens a window with an old fence',
    caughtBy: 'deliveries: openWindow opens only what is still claimed under its fence',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        openWindow: async (scope, entries, at) =>
          storage.deliveries.openWindow(scope, await refenced(storage, scope, entries), at),
      }),
  },
  {
    name: 'settles with an old fence',
    caughtBy: 'deliveries: nothing of a settlement under a stale fence is written',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settle: async (scope, settlements, now) =>
          storage.deliveries.settle(scope, await refenced(storage, scope, settlements), now),
      }),
  },
  {
    name: 'aborts half-written while it settles',
    caughtBy: 'deliveries: settle is all or none',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settle: async (scope, settlements, now) => {
          const settled: Delivery['id'][] = []
          for (const each of settlements)
            settled.push(...(await storage.deliveries.settle(scope, [each], now)))
          return settled
        },
      }),
  },
  {
    name: 'writes the events of a settlement under a stale fence',
    caughtBy: 'deliveries: nothing of a settlement under a stale fence is written',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settle: async (scope, settlements, now) => {
          await storage.events.append(
            scope,
            settlements.flatMap(({ events }) => events),
          )
          return storage.deliveries.settle(scope, settlements, now)
        },
      }),
  },
  {
    name: 'forgets the next delivery',
    caughtBy: 'deliveries: settle appends the next delivery unless it is there already',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settle: (scope, settlements, now) =>
          storage.deliveries.settle(
            scope,
            settlements.map((each) => ({ ...each, next: null })),
            now,
          ),
      }),
  },
  {
    name: 'settles a hold that nobody saw',
    caughtBy: 'deliveries: settleHeld settles the hold that was seen, and no other',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settleHeld: async (scope, decisions, ...rest) => {
          const ids = decisions.map(({ deliveryId }) => deliveryId)
          const stored = await storage.deliveries.get(scope, ids)
          const since = new Map(stored.map(({ id, settledAt }) => [id, settledAt]))
          const seen = decisions.map((each) => ({
            ...each,
            heldSince: since.get(each.deliveryId) ?? each.heldSince,
          }))
          await storage.deliveries.settleHeld(scope, seen, ...rest)
        },
      }),
  },
  {
    name: 'aborts half-written while a person decides',
    caughtBy: 'deliveries: settleHeld is all or none',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settleHeld: async (scope, decisions, continuation, now, entry) => {
          for (const [at, each] of decisions.entries()) {
            const own = { ...entry, id: `${entry.id} ${at}` }
            await storage.deliveries.settleHeld(scope, [each], at === 0 ? continuation : null, now, own)
          }
        },
      }),
  },
  {
    name: 'lets nothing go on after a person decided',
    caughtBy: 'deliveries: settleHeld moves held deliveries, with next, events and what goes on',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settleHeld: (scope, decisions, _continuation, now, entry) =>
          storage.deliveries.settleHeld(scope, decisions, null, now, entry),
      }),
  },
  {
    name: 'says the next due instant of all channels for each',
    caughtBy: 'deliveries: nextDue of a channel leaves the others out',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        nextDue: (scope, runId) => storage.deliveries.nextDue(scope, runId),
      }),
  },
  {
    name: 'ends more than it is asked for',
    caughtBy: 'deliveries: endQueued ends what waits and what a dead worker left, up to the limit',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        endQueued: (scope, id, end) =>
          storage.deliveries.endQueued(scope, id, { ...end, limit: end.limit + 1 }),
      }),
  },
]
