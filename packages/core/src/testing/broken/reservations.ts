import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

/** Storages whose ledger is wrong. */
export const reservationStorages: readonly BrokenStorage[] = [
  {
    name: 'holds in some accounts although another has not enough',
    caughtBy: 'ledger: a hold is in all of its accounts or in none',
    wrap: (storage) =>
      withStore(storage, 'ledger', {
        hold: async (scope, limits, holds, now) => {
          for (const { id, parts, expiresAt } of holds)
            for (const part of parts.slice(0, 1))
              await storage.ledger.hold(scope, limits, [{ id: `${id} part`, parts: [part], expiresAt }], now)
          return storage.ledger.hold(scope, limits, holds, now)
        },
      }),
  },
  {
    name: 'leaks a hold that is released',
    caughtBy: 'ledger: release frees what is held and leaves what is settled',
    wrap: (storage) => withStore(storage, 'ledger', { release: async () => {} }),
  },
  {
    name: 'lets no hold expire',
    caughtBy: 'ledger: what expired is free, and is settled all the same when it was sent',
    wrap: (storage) =>
      withStore(storage, 'ledger', {
        hold: (scope, limits, holds, now) =>
          storage.ledger.hold(
            scope,
            limits,
            holds.map((hold) => ({ ...hold, expiresAt: Number.MAX_SAFE_INTEGER })),
            now,
          ),
      }),
  },
  {
    name: 'settles at the price that was held',
    caughtBy: 'ledger: settle replaces a hold once, frees the rest, and puts a dearer one on record',
    wrap: (storage) =>
      withStore(storage, 'ledger', {
        settle: (scope, settlements, now) =>
          storage.ledger.settle(
            scope,
            settlements.map(({ id, parts }) => ({
              id,
              parts: parts.map(({ account }) => ({ account, amount: 50 })),
            })),
            now,
          ),
      }),
  },
  {
    name: 'tells of a share again and again',
    caughtBy: 'ledger: 90 % and all of a limit are told once, whoever reaches them',
    wrap: (storage) =>
      withStore(storage, 'ledger', {
        hold: async (scope, limits, holds, now) => {
          const { outcomes, crossings } = await storage.ledger.hold(scope, limits, holds, now)
          const accounts = await storage.ledger.accounts(
            scope,
            limits.map(({ account }) => account),
            now,
          )
          const again = accounts.flatMap(({ account, limit, held, settled }) =>
            limit !== null && held + settled >= 0.9 * limit
              ? [{ account, share: 0.9 as const, limit, used: held + settled }]
              : [],
          )
          return { outcomes, crossings: crossings.length > 0 ? crossings : again }
        },
      }),
  },
  {
    name: 'forgets what still counts in a window',
    caughtBy: 'ledger: prune forgets settled entries that count no more; totals stay',
    wrap: (storage) =>
      withStore(storage, 'ledger', {
        prune: (scope, request) => storage.ledger.prune(scope, { ...request, now: Number.MAX_SAFE_INTEGER }),
      }),
  },
  {
    name: 'holds for two who ask at once as if each were alone',
    caughtBy: 'ledger: many who hold at once never go above the limit',
    wrap: (storage) =>
      withStore(storage, 'ledger', {
        hold: async (scope, limits, holds, now) => {
          const accounts = limits.map(({ account }) => account)
          const before = await storage.ledger.accounts(scope, accounts, now)
          const used = new Map(before.map(({ account, held, settled }) => [account, held + settled]))
          const fits = limits.every(({ account, limit }) => (used.get(account) ?? 0) < (limit ?? Infinity))
          await Promise.resolve()
          const wide = limits.map((limit) => (fits ? { ...limit, limit: null } : limit))
          return storage.ledger.hold(scope, wide, holds, now)
        },
      }),
  },
]
