import type { Instant } from '../base/time.js'

/** What an account of the ledger allows: a budget, the messages that one customer may get, a pool of coupons. */
export interface LedgerLimit {
  /** A key of the caller's choosing, such as `budget:campaign-1`. */
  readonly account: string
  /** How much may be held and settled together: a whole number, 0 or more; null for an account that only counts. */
  readonly limit: number | null
  /** For how long what was settled counts, in milliseconds; null for ever. */
  readonly windowMs: number | null
}

/** So much of one account: a whole number of its units, 0 or more. */
export interface LedgerPart {
  readonly account: string
  readonly amount: number
}

/** A wish to set amounts aside, in all of its accounts or in none. */
export interface LedgerHold {
  /** Of the caller: the same hold asked for again is the same hold. */
  readonly id: string
  /** Each account at most once. */
  readonly parts: readonly LedgerPart[]
  /** When what was neither settled nor released is free again. */
  readonly expiresAt: Instant
}

/** What a held thing came to in the end. */
export interface LedgerSettlement {
  readonly id: string
  readonly parts: readonly LedgerPart[]
}

/** What became of a hold. `settled` is one that was settled before: nothing more is held. */
export type HoldOutcome =
  | { readonly id: string; readonly outcome: 'held' | 'settled' }
  | {
      readonly id: string
      readonly outcome: 'refused'
      /** The first of the hold's accounts that had not enough left. */
      readonly account: string
    }

/** A share of its limit that an account came to: told once for each limit that the account has had. */
export interface LedgerCrossing {
  readonly account: string
  readonly share: 0.9 | 1
  readonly limit: number
  /** Held and settled together. */
  readonly used: number
}

/** A settlement that was dearer than what was left. */
export interface LedgerOverdraft {
  readonly account: string
  readonly limit: number
  readonly used: number
}

/** Where an account stands. */
export interface LedgerAccount extends LedgerLimit {
  readonly held: number
  /** Within the window. */
  readonly settled: number
  /** When 90 % of the limit were first used; null for an account with a window, or without a limit. */
  readonly crossed90At: Instant | null
  /** When all of the limit was first used. */
  readonly crossed100At: Instant | null
}

/** An amount of one account under one id. */
export interface LedgerEntry extends LedgerPart {
  readonly id: string
  readonly state: 'held' | 'settled'
  /** When it was held, and once it is settled, when that was. */
  readonly at: Instant
  /** Null once settled. */
  readonly expiresAt: Instant | null
}

/** Held and settled together. */
export function usedOf({ held, settled }: Pick<LedgerAccount, 'held' | 'settled'>): number {
  return held + settled
}

/** What a new limit makes of an account: it is told again when the new limit is nearly used. */
export function withLimit(account: LedgerAccount, { limit, windowMs }: LedgerLimit): LedgerAccount {
  if (account.limit === limit && account.windowMs === windowMs) return account
  return { ...account, limit, windowMs, crossed90At: null, crossed100At: null }
}

/** An account that nothing was held in yet. */
export function emptyAccount(limit: LedgerLimit): LedgerAccount {
  return { ...limit, held: 0, settled: 0, crossed90At: null, crossed100At: null }
}
