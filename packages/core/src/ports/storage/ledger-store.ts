import type { Instant } from '../../base/time.js'
import type {
  HoldOutcome,
  LedgerAccount,
  LedgerCrossing,
  LedgerHold,
  LedgerLimit,
  LedgerOverdraft,
  LedgerSettlement,
} from '../../model/ledger.js'
import type { Scope } from '../../model/scope.js'

/**
 * What is set aside and what is spent of whatever is limited: budgets, messages a customer, pools of coupons. Amounts
 * are whole numbers of at most 2^53 - 1 in all. However many workers hold at once, held and settled together are never
 * above a limit, but for settlements that are dearer than what was held. An id is that of one reservation, and whoever comes
 * with it again names the same accounts: calls at the same time under one id in different accounts may all be booked.
 */
export interface LedgerStore {
  /**
   * Sets amounts aside, hold by hold in order, each in all of its accounts or in none. A hold that stands already is held,
   * until the later of both instants, and takes nothing more. Holds that have expired by `now` are free.
   *
   * @param limits - of every account of the holds; from now on they are the accounts' limits
   * @returns what became of each hold, in order, and the shares of limits that were reached now for the first time
   */
  hold(
    scope: Scope,
    limits: readonly LedgerLimit[],
    holds: readonly LedgerHold[],
    now: Instant,
  ): Promise<{ readonly outcomes: readonly HoldOutcome[]; readonly crossings: readonly LedgerCrossing[] }>
  /**
   * Replaces holds by what they came to, all or none; what was held beyond it is free. A settlement is booked whether its hold
   * still stands, has expired or never was, since it tells what has happened; the second one of the same id changes
   * nothing.
   *
   * @returns the shares of limits that were reached now for the first time, and the accounts of which a settlement
   *   that was dearer than its hold left more used than their limit
   */
  settle(
    scope: Scope,
    settlements: readonly LedgerSettlement[],
    now: Instant,
  ): Promise<{
    readonly crossings: readonly LedgerCrossing[]
    readonly overdrafts: readonly LedgerOverdraft[]
  }>
  /** Frees holds; what is settled stays. Unknown ids change nothing. */
  release(scope: Scope, ids: readonly string[]): Promise<void>
  /**
   * Frees holds that have expired, at most `limit` entries; without it they are freed when their accounts are asked next.
   *
   * @returns how many entries were freed
   */
  expire(scope: Scope, request: { readonly now: Instant; readonly limit: number }): Promise<number>
  /** Where accounts stand at `now`, in any order; those that nothing was ever held in are left out. */
  accounts(scope: Scope, accounts: readonly string[], now: Instant): Promise<readonly LedgerAccount[]>
  /**
   * Forgets entries that were settled before an instant and count in no window any more, at most `limit`. Totals stay; a
   * settlement of the same id would be booked again.
   *
   * @returns how many entries are gone
   */
  prune(
    scope: Scope,
    request: { readonly before: Instant; readonly now: Instant; readonly limit: number },
  ): Promise<number>
}
