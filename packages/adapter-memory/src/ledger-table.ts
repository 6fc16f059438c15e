import {
  emptyAccount,
  type Instant,
  type LedgerAccount,
  type LedgerEntry,
  type LedgerLimit,
  withLimit,
} from '@campaignkit/core/adapter'

const keyOf = ({ id, account }: Pick<LedgerEntry, 'id' | 'account'>) => JSON.stringify([id, account])

/** What is held and settled of a tenant's accounts. */
export class LedgerTable {
  readonly #accounts = new Map<string, LedgerAccount>()
  readonly #entries = new Map<string, LedgerEntry>()
  /** Ids have few entries, accounts may have very many. */
  readonly #byId = new Map<string, Set<string>>()
  readonly #byAccount = new Map<string, Set<string>>()

  /** The account as it stands: what has expired is not held, what a window has forgotten not settled. */
  account(key: string, now: Instant): LedgerAccount | null {
    const account = this.#accounts.get(key)
    if (account === undefined) return null
    const entries = this.#of(this.#byAccount, key)
    const expired = entries.reduce((sum, entry) => sum + (isOver(entry, now) ? entry.amount : 0), 0)
    const held = account.held - expired
    const { windowMs } = account
    if (windowMs === null) return { ...account, held }
    const recent = entries.filter(({ state, at }) => state === 'settled' && at > now - windowMs)
    return { ...account, held, settled: recent.reduce((sum, { amount }) => sum + amount, 0) }
  }

  /** The account, with its limit; made where there is none. */
  limited(limit: LedgerLimit, now: Instant): LedgerAccount {
    return withLimit(this.account(limit.account, now) ?? emptyAccount(limit), limit)
  }

  /** Entries under ids that have not expired. */
  entriesOf(ids: readonly string[], now: Instant): readonly LedgerEntry[] {
    return [...new Set(ids)].flatMap((id) => this.#of(this.#byId, id)).filter((entry) => !isOver(entry, now))
  }

  /** Held entries that have expired. */
  over(now: Instant): readonly LedgerEntry[] {
    return [...this.#entries.values()].filter((entry) => isOver(entry, now))
  }

  /** Settled entries before an instant that no window of their account counts. */
  settledBefore(before: Instant, now: Instant): readonly LedgerEntry[] {
    return [...this.#entries.values()].filter(({ state, at, account }) => {
      const windowMs = this.#accounts.get(account)?.windowMs ?? 0
      return state === 'settled' && at < before && at <= now - windowMs
    })
  }

  /** Sets the terms of an account; what is held and settled in it goes by its entries. */
  putTerms({ account, limit, windowMs, crossed90At, crossed100At }: LedgerAccount): void {
    const { held = 0, settled = 0 } = this.#accounts.get(account) ?? {}
    this.#accounts.set(account, { account, limit, windowMs, crossed90At, crossed100At, held, settled })
  }

  put(entry: LedgerEntry): void {
    this.remove(entry)
    this.#count(entry, 1)
    this.#entries.set(keyOf(entry), entry)
    for (const [index, key] of this.#places(entry)) {
      const keys = index.get(key) ?? new Set()
      index.set(key, keys.add(keyOf(entry)))
    }
  }

  remove(entry: Pick<LedgerEntry, 'id' | 'account'>): void {
    const known = this.#entries.get(keyOf(entry))
    if (known === undefined) return
    this.#count(known, -1)
    this.forget(known)
  }

  /** Drops an entry whose amount stays in the totals. */
  forget(entry: LedgerEntry): void {
    this.#entries.delete(keyOf(entry))
    for (const [index, key] of this.#places(entry)) {
      const keys = index.get(key)
      keys?.delete(keyOf(entry))
      if (keys?.size === 0) index.delete(key)
    }
  }

  #places({ id, account }: LedgerEntry) {
    return [
      [this.#byId, id],
      [this.#byAccount, account],
    ] as const
  }

  #of(index: ReadonlyMap<string, ReadonlySet<string>>, key: string): readonly LedgerEntry[] {
    return [...(index.get(key) ?? [])].flatMap((entry) => this.#entries.get(entry) ?? [])
  }

  #count({ account, state, amount }: LedgerEntry, sign: 1 | -1): void {
    const known = this.#accounts.get(account)
    if (known === undefined) return
    this.#accounts.set(account, { ...known, [state]: known[state] + sign * amount })
  }
}

function isOver({ expiresAt }: LedgerEntry, now: Instant): boolean {
  return expiresAt !== null && expiresAt <= now
}
