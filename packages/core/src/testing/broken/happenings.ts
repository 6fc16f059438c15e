import { CampaignKitError } from '../../base/error.js'
import type { CampaignId } from '../../base/ids.js'
import { isSettled } from '../../model/delivery.js'
import type { Scope } from '../../model/scope.js'
import type { RedeemDecision } from '../../ports/storage/coupon-store.js'
import { asId } from '../as-id.js'
import { overridden } from '../overridden.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

/** Storages that record events, redemptions or announcements wrongly. */
export const happeningStorages: readonly BrokenStorage[] = [
  {
    name: 'counts a repetition again',
    caughtBy: 'events: append gives back what was new, in order, and leaves repetitions out',
    wrap: (storage) => {
      let appended = 0
      return withStore(storage, 'events', {
        append: (scope, events) => {
          const renamed = events.map((event) => {
            appended += 1
            return { ...event, key: `${event.key} ${appended}` }
          })
          return storage.events.append(scope, renamed)
        },
      })
    },
  },
  {
    name: 'knows no event',
    caughtBy: 'events: known names the keys under which there are events, each once',
    wrap: (storage) => withStore(storage, 'events', { known: async () => [] }),
  },
  {
    name: 'takes machines for people',
    caughtBy: 'events: lastByChannel tells when customers last did something on a channel, machines apart',
    wrap: (storage) =>
      withStore(storage, 'events', {
        append: (scope, events) =>
          storage.events.append(
            scope,
            events.map((event) => (event.type === 'opened' ? { ...event, machine: false } : event)),
          ),
      }),
  },
  {
    name: 'forgets a late receipt',
    caughtBy: 'receipts: a late receipt is kept, whatever has become of the delivery',
    wrap: (storage) =>
      withStore(storage, 'events', {
        appendReceipts: async (scope, entries, now) => {
          const known = await storage.deliveries.get(
            scope,
            entries.map(({ deliveryId }) => deliveryId),
          )
          const over = new Set(known.filter(({ status }) => isSettled(status)).map(({ id }) => id))
          return storage.events.appendReceipts(
            scope,
            entries.filter(({ deliveryId }) => !over.has(deliveryId)),
            now,
          )
        },
      }),
  },
  {
    name: 'believes every receipt to be a proof',
    caughtBy: 'receipts: what proves nothing, or meets no attempt, moves no delivery',
    wrap: (storage) =>
      withStore(storage, 'events', {
        appendReceipts: (scope, entries, now) =>
          storage.events.appendReceipts(
            scope,
            entries.map((entry) => ({ ...entry, proves: true })),
            now,
          ),
      }),
  },
  {
    name: 'forgets nobody',
    caughtBy: 'events: forget takes the customer out of the events and leaves the counts',
    wrap: (storage) => withStore(storage, 'events', { forget: async () => {} }),
  },
  {
    name: 'counts on top of what was counted when it counts anew',
    caughtBy: 'events.rebuild: comes to the counts that were kept as the events came',
    wrap: (storage) =>
      withStore(storage, 'events', {
        rebuild: async (scope, campaignId) => {
          const { items } = await storage.events.list(scope, campaignId, {}, { cursor: null, limit: 1_000 })
          await storage.events.append(
            scope,
            items.map((event) => ({ ...event, key: `${event.key} again` })),
          )
          return storage.events.rebuild(scope, campaignId)
        },
      }),
  },
  {
    name: 'forgets who has been counted when it counts anew',
    caughtBy: 'events.rebuild: knows who has been counted, and counts on',
    wrap: (storage) =>
      withStore(storage, 'events', {
        rebuild: async (scope, campaignId) => {
          const outcome = await storage.events.rebuild(scope, campaignId)
          const { items } = await storage.events.list(scope, campaignId, {}, { cursor: null, limit: 1_000 })
          const customerIds = items.flatMap(({ customerId }) => customerId ?? [])
          await storage.events.forget(scope, customerIds)
          return outcome
        },
      }),
  },
  {
    name: 'judges no event anew',
    caughtBy: 'events.reclassify: writes machine and rule, and counts follow a rebuild',
    wrap: (storage) =>
      withStore(storage, 'events', {
        reclassify: (scope, campaignId, _, entry) => storage.events.reclassify(scope, campaignId, [], entry),
      }),
  },
  {
    name: 'judges events of another campaign anew',
    caughtBy: 'events.reclassify: leaves alone what it cannot judge and what is elsewhere',
    wrap: (storage) =>
      withStore(storage, 'events', {
        reclassify: async (scope, campaignId, judgements, entry) => {
          const campaigns = [campaignId, asId<CampaignId>('campaign-2')]
          for (const each of campaigns) await storage.events.reclassify(scope, each, judgements, entry)
          return { outcome: 'written' }
        },
      }),
  },
  {
    name: 'redeems non-atomically',
    caughtBy: 'coupons: of a thousand who redeem one token at once exactly one succeeds',
    wrap: (storage) => {
      const deciding = new Map<string, Promise<RedeemDecision>>()
      return withStore(storage, 'coupons', {
        redeem: (scope, request, records) => {
          const decided =
            deciding.get(request.handle) ??
            storage.coupons.redeem(scope, request, records).finally(() => deciding.delete(request.handle))
          deciding.set(request.handle, decided)
          return decided
        },
      })
    },
  },
  {
    name: 'redeems again for a key that it knows',
    caughtBy: 'coupons: the same key gets the same redemption and writes nothing',
    wrap: (storage) => {
      let asked = 0
      return withStore(storage, 'coupons', {
        redeem: (scope, request, records) => {
          asked += 1
          return storage.coupons.redeem(scope, { ...request, key: `${request.key} ${asked}` }, records)
        },
      })
    },
  },
  {
    name: 'tells a key of a use that was given back',
    caughtBy: 'coupons: a key whose redemption was reversed is told so and takes no use',
    wrap: (storage) =>
      withStore(storage, 'coupons', {
        redeem: async (scope, request, records) => {
          const decision = await storage.coupons.redeem(scope, request, records)
          return decision.outcome === 'reversed'
            ? { ...decision, outcome: 'redeemed', used: 0, repeated: true }
            : decision
        },
      }),
  },
  {
    name: 'decides anew for a key whose redemption was reversed',
    caughtBy: 'coupons: a key that was told of its reversal is told so for good',
    wrap: (storage) =>
      withStore(storage, 'coupons', {
        redeem: async (scope, request, records) => {
          const decision = await storage.coupons.redeem(scope, request, records)
          return decision.outcome === 'reversed'
            ? storage.coupons.redeem(scope, { ...request, key: `${request.key} anew` }, records)
            : decision
        },
      }),
  },
  {
    name: 'counts a use that was given back',
    caughtBy: 'coupons: uses are the redemptions that stand',
    wrap: (storage) => {
      const taken = new Map<string, Set<string>>()
      const placeOf = ({ tenant }: Scope, handle: string) => JSON.stringify([tenant, handle])
      return withStore(storage, 'coupons', {
        redeem: async (scope, request, records) => {
          const decision = await storage.coupons.redeem(scope, request, records)
          const place = placeOf(scope, request.handle)
          if (decision.outcome === 'redeemed') {
            taken.set(place, (taken.get(place) ?? new Set()).add(decision.redemption.id))
          }
          return decision
        },
        uses: async (scope, handle) => taken.get(placeOf(scope, handle))?.size ?? 0,
      })
    },
  },
  {
    name: 'lets a key take one token alone',
    caughtBy: 'coupons: one key takes several tokens, each once',
    wrap: (storage) =>
      withStore(storage, 'coupons', {
        redeem: async (scope, request, records) => {
          const taken = await storage.coupons.redemptionsByKey(scope, request.key)
          return taken.some(({ handle }) => handle !== request.handle)
            ? { outcome: 'unknown' }
            : storage.coupons.redeem(scope, request, records)
        },
      }),
  },
  {
    name: 'remembers a refusal',
    caughtBy: 'coupons: a refusal is not remembered: the same key may succeed later',
    wrap: (storage) => {
      const refused = new Map<string, RedeemDecision>()
      return withStore(storage, 'coupons', {
        redeem: async (scope, request, records) => {
          const key = JSON.stringify([scope.tenant, request.key, request.handle])
          const decision = refused.get(key) ?? (await storage.coupons.redeem(scope, request, records))
          if (decision.outcome !== 'redeemed') refused.set(key, decision)
          return decision
        },
      })
    },
  },
  {
    name: 'reseals a token that another has resealed',
    caughtBy: 'coupons: reseal replaces a seal that still stands, and nothing else',
    wrap: (storage) =>
      withStore(storage, 'coupons', {
        reseal: async (scope, reseals, entry) => {
          const forced = reseals.map(async (reseal) => {
            const token = await storage.coupons.byHandle(scope, reseal.handle)
            return { ...reseal, replaces: token?.sealed ?? reseal.replaces }
          })
          return storage.coupons.reseal(scope, await Promise.all(forced), entry)
        },
      }),
  },
  {
    name: 'redeems what was cancelled',
    caughtBy: 'coupons: cancel makes every token of the campaign answer so from the instant on',
    wrap: (storage) =>
      withStore(storage, 'coupons', {
        cancel: (scope, campaignId, at, entry) => storage.coupons.cancel(scope, campaignId, at + 1, entry),
      }),
  },
  {
    name: 'enlists although it says that it does not',
    caughtBy: 'enlist: it is null unless the storage says that it enlists',
    wrap: (storage) =>
      overridden(storage, {
        capabilities: { ...storage.capabilities, enlists: false },
        enlist: () => ({ storage, committed: Promise.resolve(true) }),
      }),
  },
  {
    name: 'announces although it says that it does not',
    caughtBy: 'announcements: a storage that does not announce has none',
    wrap: (storage) => overridden(storage, { capabilities: { ...storage.capabilities, announces: false } }),
  },
  {
    name: 'announces nothing',
    caughtBy: 'announcements: the sequence grows with each change of deliveries or status',
    wrap: (storage) => withStore(storage, 'announcements', { sequence: async () => 0 }),
  },
  {
    name: 'fails in its own words when the signal aborts',
    caughtBy: 'announcements: changed rejects as soon as its signal aborts',
    wrap: (storage) =>
      withStore(storage, 'announcements', {
        changed: async () => {
          throw new CampaignKitError('STORAGE_FAILED', 'Waited for nothing')
        },
      }),
  },
]
