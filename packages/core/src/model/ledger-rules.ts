import type { Instant } from '../base/time.js'
import {
  emptyAccount,
  type HoldOutcome,
  type LedgerAccount,
  type LedgerCrossing,
  type LedgerEntry,
  type LedgerHold,
  type LedgerOverdraft,
  type LedgerPart,
  type LedgerSettlement,
  usedOf,
} from './ledger.js'

/** What holds make of a ledger. */
export interface HoldDecision {
  /** In the order of the holds. */
  readonly outcomes: readonly HoldOutcome[]
  /** New, or held once more until a later instant. */
  readonly entries: readonly LedgerEntry[]
  /** Every account that was asked, as it then stands. */
  readonly accounts: readonly LedgerAccount[]
  readonly crossings: readonly LedgerCrossing[]
}

/**
 * Decides about holds one after the other: the rule of `LedgerStore.hold`, for storages to call while nobody else can
 * change the accounts.
 *
 * @param accounts - of every part, as they stand at `now`, without holds that have expired
 * @param known - entries under the ids of the holds that have not expired
 */
export function decideHolds(
  accounts: readonly LedgerAccount[],
  known: readonly LedgerEntry[],
  holds: readonly LedgerHold[],
  now: Instant,
): HoldDecision {
  const standing = new Map(accounts.map((account) => [account.account, account]))
  const entriesById = groupById(known)
  const entries: LedgerEntry[] = []
  const outcomes = holds.map((hold): HoldOutcome => {
    const mine = entriesById.get(hold.id) ?? []
    if (mine.some(({ state }) => state === 'settled')) return { id: hold.id, outcome: 'settled' }
    if (mine.length > 0) {
      const later = mine.map((entry) => heldUntil(entry, hold.expiresAt))
      entries.push(...later.filter((entry, index) => entry !== mine[index]))
      entriesById.set(hold.id, later)
      return { id: hold.id, outcome: 'held' }
    }
    const short = hold.parts.find((part) => !hasRoom(standing.get(part.account), part))
    if (short !== undefined) return { id: hold.id, outcome: 'refused', account: short.account }
    const added = hold.parts.map(
      (part): LedgerEntry => ({ ...part, id: hold.id, state: 'held', at: now, expiresAt: hold.expiresAt }),
    )
    for (const { account, amount } of added) addTo(standing, account, { held: amount })
    entries.push(...added)
    entriesById.set(hold.id, added)
    return { id: hold.id, outcome: 'held' }
  })
  return { outcomes, entries: lastOfEach(entries), ...crossed([...standing.values()], now) }
}

/** What settlements make of a ledger. */
export interface SettleDecision {
  /** Settled now. */
  readonly entries: readonly LedgerEntry[]
  /** Entries that are gone: held in accounts that the settlement does not name. */
  readonly released: readonly LedgerEntry[]
  /** Every account that was asked, as it then stands. */
  readonly accounts: readonly LedgerAccount[]
  readonly crossings: readonly LedgerCrossing[]
  readonly overdrafts: readonly LedgerOverdraft[]
}

/**
 * Settles one after the other: the rule of `LedgerStore.settle`, for storages to call while nobody else can change the
 * accounts. What was settled before stays as it is; what was never held, or no more, is settled all the same.
 *
 * @param accounts - of every part and of every known entry; one that is absent has no limit
 * @param known - entries under the ids of the settlements that have not expired
 */
export function decideSettlements(
  accounts: readonly LedgerAccount[],
  known: readonly LedgerEntry[],
  settlements: readonly LedgerSettlement[],
  now: Instant,
): SettleDecision {
  const standing = new Map(accounts.map((account) => [account.account, account]))
  const entriesById = groupById(known)
  const entries: LedgerEntry[] = []
  const released: LedgerEntry[] = []
  const dearer = new Set<string>()
  for (const { id, parts } of settlements) {
    const mine = entriesById.get(id) ?? []
    if (mine.some(({ state }) => state === 'settled')) continue
    for (const { account, amount } of mine) addTo(standing, account, { held: -amount })
    const heldOf = new Map(mine.map(({ account, amount }) => [account, amount]))
    const settled = parts.map(
      (part): LedgerEntry => ({ ...part, id, state: 'settled', at: now, expiresAt: null }),
    )
    for (const { account, amount } of settled) {
      addTo(standing, account, { settled: amount })
      if (amount > (heldOf.get(account) ?? 0)) dearer.add(account)
      heldOf.delete(account)
    }
    released.push(...mine.filter(({ account }) => heldOf.has(account)))
    entries.push(...settled)
    entriesById.set(id, settled)
  }
  const overdrafts = [...dearer].flatMap((account) => overdraftOf(standing.get(account)) ?? [])
  return { entries, released, overdrafts, ...crossed([...standing.values()], now) }
}

function groupById(entries: readonly LedgerEntry[]): Map<string, readonly LedgerEntry[]> {
  const groups = new Map<string, LedgerEntry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.id)
    if (group === undefined) groups.set(entry.id, [entry])
    else group.push(entry)
  }
  return groups
}

function heldUntil(entry: LedgerEntry, expiresAt: Instant): LedgerEntry {
  return entry.expiresAt !== null && entry.expiresAt < expiresAt ? { ...entry, expiresAt } : entry
}

function hasRoom(account: LedgerAccount | undefined, { amount }: LedgerPart): boolean {
  if (account === undefined || account.limit === null) return true
  return usedOf(account) + amount <= account.limit
}

function addTo(
  standing: Map<string, LedgerAccount>,
  key: string,
  { held = 0, settled = 0 }: Partial<Pick<LedgerAccount, 'held' | 'settled'>>,
): void {
  const account = standing.get(key) ?? emptyAccount({ account: key, limit: null, windowMs: null })
  standing.set(key, { ...account, held: account.held + held, settled: account.settled + settled })
}

/** An entry may be held until later several times in one call: the last is what stands. */
function lastOfEach(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return [...new Map(entries.map((entry) => [JSON.stringify([entry.id, entry.account]), entry])).values()]
}

function overdraftOf(account: LedgerAccount | undefined): LedgerOverdraft | null {
  if (account === undefined || account.limit === null) return null
  const used = usedOf(account)
  return used > account.limit ? { account: account.account, limit: account.limit, used } : null
}

function crossed(accounts: readonly LedgerAccount[], now: Instant) {
  const crossings: LedgerCrossing[] = []
  const marked = accounts.map((account): LedgerAccount => {
    const { limit, windowMs, crossed90At, crossed100At } = account
    const used = usedOf(account)
    // a limit of 0 is used up before anything is held, which is no news
    if (limit === null || limit === 0 || windowMs !== null) return account
    // by what is left, since nine tenths of the largest limits are no doubles
    const cross90 = crossed90At === null && (limit - used) * 10 <= limit
    const cross100 = crossed100At === null && used >= limit
    if (cross90) crossings.push({ account: account.account, share: 0.9, limit, used })
    if (cross100) crossings.push({ account: account.account, share: 1, limit, used })
    return {
      ...account,
      crossed90At: cross90 ? now : crossed90At,
      crossed100At: cross100 ? now : crossed100At,
    }
  })
  return { accounts: marked, crossings }
}
