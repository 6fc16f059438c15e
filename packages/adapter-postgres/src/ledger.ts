import { decideHolds, decideSettlements, type LedgerStore } from '@campaignkit/core/adapter'
import { given } from './columns.js'
import type { Database } from './database.js'
import { leaveMark } from './enlist.js'
import {
  freeExpired,
  freeHeld,
  lockAccounts,
  lockEntries,
  lockLimited,
  readAccounts,
  readEntries,
  writeLedger,
} from './ledger-accounts.js'
import { ENTRY_COLUMNS } from './ledger-row.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

/** The ledger of the storage: what was decided is decided under the locks of the accounts. */
export function createLedgerStore(database: Database, tables: Tables): LedgerStore {
  const { ledger_entries } = tables
  return {
    hold: async (scope, limits, holds, now) => {
      if (holds.length === 0) return { outcomes: [], crossings: [] }
      return database.transaction(async (session) => {
        const lastLimits = new Map(limits.map((limit) => [limit.account, limit]))
        const limited = [...lastLimits.keys()]
        const ids = holds.map(({ id }) => id)
        await lockLimited(session, tables, scope, [...lastLimits.values()])
        const { accounts, known } = await lockEntries(session, tables, scope, limited, ids, now)
        await freeExpired(session, tables, scope, accounts, now)
        const before = await readAccounts(session, tables, scope, accounts, now)
        const { outcomes, crossings, ...changed } = decideHolds(before, known, holds, now)
        await writeLedger(session, tables, scope, before, changed)
        if (crossings.length > 0) await leaveMark(session, tables)
        return { outcomes, crossings }
      })
    },
    settle: async (scope, settlements, now) => {
      if (settlements.length === 0) return { crossings: [], overdrafts: [] }
      const ids = settlements.map(({ id }) => id)
      return database.transaction(async (session) => {
        const held = await readEntries(session, tables, scope, ids, now)
        const named = [...held, ...settlements.flatMap(({ parts }) => parts)]
        const first = [...new Set(named.map(({ account }) => account))]
        await lockAccounts(session, tables, scope, first)
        const { accounts, known } = await lockEntries(session, tables, scope, first, ids, now)
        await freeExpired(session, tables, scope, accounts, now)
        const before = await readAccounts(session, tables, scope, accounts, now)
        const decided = decideSettlements(before, known, settlements, now)
        if (decided.released.length > 0)
          await session.rows(sql`
            delete from ${ledger_entries} as kept using ${given(ENTRY_COLUMNS, decided.released)}
            where kept.tenant = ${scope.tenant} and kept.id = given.id and kept.account = given.account`)
        await writeLedger(session, tables, scope, before, decided)
        const { crossings, overdrafts } = decided
        if (crossings.length + overdrafts.length > 0) await leaveMark(session, tables)
        return { crossings, overdrafts }
      })
    },
    release: async ({ tenant }, ids) => {
      await freeHeld(database, tables, sql`tenant = ${tenant} and id = any(${ids}::text[])`)
    },
    expire: ({ tenant }, { now, limit }) =>
      freeHeld(database, tables, sql`tenant = ${tenant} and expires_at <= ${now}`, limit),
    accounts: (scope, accounts, now) => readAccounts(database, tables, scope, accounts, now),
    prune: async ({ tenant }, { before, now, limit }) => {
      const gone = await database.rows(sql`
        delete from ${ledger_entries} where ctid = any(array(
          select e.ctid from ${ledger_entries} as e
          join ${tables.ledger_accounts} as a on a.tenant = e.tenant and a.account = e.account
          where e.tenant = ${tenant} and e.state = 'settled' and e.at < ${before}
            and e.at <= ${now} - coalesce(a.window_ms, 0)
          order by e.at limit ${limit} for update of e skip locked))
        returning 1`)
      return gone.length
    },
  }
}
