import {
  decideHolds,
  decideSettlements,
  type LedgerAccount,
  type LedgerEntry,
  type LedgerStore,
} from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import type { LedgerTable } from './ledger-table.js'
import type { TenantOf } from './tenants.js'

/** The ledger of {@link createMemoryStorage}. */
export function createLedgerStore(tenantOf: TenantOf): LedgerStore {
  return {
    hold: async (scope, ...given) => {
      const [limits, holds, now] = frozenCopy(given)
      if (holds.length === 0) return { outcomes: [], crossings: [] }
      const { ledger } = tenantOf(scope)
      const accounts = limits.map((limit) => ledger.limited(limit, now))
      const ids = holds.map(({ id }) => id)
      const { outcomes, crossings, ...changed } = decideHolds(
        accounts,
        ledger.entriesOf(ids, now),
        holds,
        now,
      )
      write(ledger, changed)
      return { outcomes, crossings }
    },
    settle: async (scope, ...given) => {
      const [settlements, now] = frozenCopy(given)
      const { ledger } = tenantOf(scope)
      const known = ledger.entriesOf(
        settlements.map(({ id }) => id),
        now,
      )
      const keys = [...known, ...settlements.flatMap(({ parts }) => parts)].map(({ account }) => account)
      const accounts = [...new Set(keys)].flatMap((key) => ledger.account(key, now) ?? [])
      const { crossings, overdrafts, released, ...changed } = decideSettlements(
        accounts,
        known,
        settlements,
        now,
      )
      for (const entry of released) ledger.remove(entry)
      write(ledger, changed)
      return { crossings, overdrafts }
    },
    release: async (scope, ids) => {
      const { ledger } = tenantOf(scope)
      for (const entry of ledger.entriesOf(ids, Number.NEGATIVE_INFINITY))
        if (entry.state === 'held') ledger.remove(entry)
    },
    expire: async (scope, { now, limit }) => {
      const { ledger } = tenantOf(scope)
      const gone = ledger.over(now).slice(0, limit)
      for (const entry of gone) ledger.remove(entry)
      return gone.length
    },
    accounts: async (scope, keys, now) => {
      const { ledger } = tenantOf(scope)
      return [...new Set(keys)].flatMap((key) => ledger.account(key, now) ?? [])
    },
    prune: async (scope, { before, now, limit }) => {
      const { ledger } = tenantOf(scope)
      const gone = ledger.settledBefore(before, now).slice(0, limit)
      for (const entry of gone) ledger.forget(entry)
      return gone.length
    },
  }
}

function write(
  ledger: LedgerTable,
  {
    accounts,
    entries,
  }: { readonly accounts: readonly LedgerAccount[]; readonly entries: readonly LedgerEntry[] },
): void {
  for (const account of accounts) ledger.putTerms(account)
  for (const entry of entries) ledger.put(Object.freeze(entry))
}
