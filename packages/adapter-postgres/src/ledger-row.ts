import type { LedgerAccount, LedgerEntry, LedgerLimit } from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'

/** An account as a row. */
export interface AccountRow {
  readonly account: string
  readonly limit_amount: number | null
  readonly window_ms: number | null
  readonly held: number
  readonly settled: number
  readonly crossed_90_at: number | null
  readonly crossed_100_at: number | null
}

/** An entry as a row. */
export interface EntryRow {
  readonly id: string
  readonly account: string
  readonly state: LedgerEntry['state']
  readonly amount: number
  readonly at: number
  readonly expires_at: number | null
}

export const LIMIT_COLUMNS: Columns<LedgerLimit> = [
  { name: 'account', type: 'text', of: ({ account }) => account },
  { name: 'limit_amount', type: 'float8', of: ({ limit }) => limit },
  { name: 'window_ms', type: 'float8', of: ({ windowMs }) => windowMs },
]

export const ENTRY_COLUMNS: Columns<LedgerEntry> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'account', type: 'text', of: ({ account }) => account },
  { name: 'state', type: 'text', of: ({ state }) => state },
  { name: 'amount', type: 'float8', of: ({ amount }) => amount },
  { name: 'at', type: 'float8', of: ({ at }) => at },
  { name: 'expires_at', type: 'float8', of: ({ expiresAt }) => expiresAt },
]

export function accountOf(row: AccountRow): LedgerAccount {
  return {
    account: row.account,
    limit: row.limit_amount,
    windowMs: row.window_ms,
    held: row.held,
    settled: row.settled,
    crossed90At: row.crossed_90_at,
    crossed100At: row.crossed_100_at,
  }
}

export function entryOf({ expires_at, ...row }: EntryRow): LedgerEntry {
  return { ...row, expiresAt: expires_at }
}
