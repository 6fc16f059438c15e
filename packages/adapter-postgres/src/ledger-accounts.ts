import type { Instant, LedgerAccount, LedgerEntry, LedgerLimit, Scope } from '@campaignkit/core/adapter'
import { type Columns, given, namesOf } from './columns.js'
import type { Session } from './database.js'
import {
  type AccountRow,
  accountOf,
  ENTRY_COLUMNS,
  type EntryRow,
  entryOf,
  LIMIT_COLUMNS,
} from './ledger-row.js'
import { type Fragment, sql } from './sql.js'
import type { Tables } from './tables.js'

/** Sets the limits of accounts, makes those that are not there, and locks them all until the transaction ends. */
export async function lockLimited(
  session: Session,
  { ledger_accounts }: Tables,
  { tenant }: Scope,
  limits: readonly LedgerLimit[],
): Promise<void> {
  await session.rows(sql`
    insert into ${ledger_accounts} as kept (tenant, ${namesOf(LIMIT_COLUMNS)})
    select ${tenant}, ${namesOf(LIMIT_COLUMNS)} from ${given(LIMIT_COLUMNS, limits)} order by account
    on conflict (tenant, account) do update set limit_amount = excluded.limit_amount, window_ms = excluded.window_ms,
      crossed_90_at = case when ${SAME_TERMS} then kept.crossed_90_at end,
      crossed_100_at = case when ${SAME_TERMS} then kept.crossed_100_at end`)
}

const SAME_TERMS = sql`(kept.limit_amount, kept.window_ms) is not distinct from (excluded.limit_amount, excluded.window_ms)`

const ACCOUNT: Columns<string> = [{ name: 'account', type: 'text', of: (account) => account }]

/** Locks accounts as they are; those that are not there are made without a limit. */
export async function lockAccounts(
  session: Session,
  { ledger_accounts }: Tables,
  { tenant }: Scope,
  accounts: readonly string[],
): Promise<void> {
  await session.rows(sql`
    insert into ${ledger_accounts} (tenant, account)
    select ${tenant}, account from ${given(ACCOUNT, accounts)} order by account
    on conflict (tenant, account) do nothing`)
  await session.rows(sql`
    select 1 from ${ledger_accounts} where tenant = ${tenant} and account = any(${accounts}::text[])
    order by account for update`)
}

/**
 * Frees holds: deletes their entries and takes what was held off the accounts, which are locked first, in order, as whoever
 * holds and settles locks them.
 *
 * @param which - a condition on `ledger_entries`
 * @param most - how many entries at most
 * @returns how many entries were freed
 */
export async function freeHeld(
  session: Session,
  { ledger_accounts, ledger_entries }: Tables,
  which: Fragment,
  most: number | null = null,
): Promise<number> {
  // an array is made once; a subquery of a join may be asked for every row
  const [freed] = await session.rows<{ readonly count: number }>(sql`
    with chosen as materialized (
      select ctid as place, tenant, account from ${ledger_entries}
      where state = 'held' and ${which} order by expires_at limit ${most}
    ), locked as materialized (
      select count(*) from (select distinct tenant, account from chosen order by tenant, account) as c,
        lateral (
          select from ${ledger_accounts} as a where a.tenant = c.tenant and a.account = c.account for update
        ) as one
    ), gone as (
      delete from ${ledger_entries} where ctid = any(array(select place from chosen))
        and state = 'held' and ${which} and (select count from locked) > 0
      returning tenant, account, amount
    ), ${takenOff(ledger_accounts)}
    select count(*)::float8 as count from gone`)
  return freed?.count ?? 0
}

/** Frees what has expired in accounts that are locked. */
export async function freeExpired(
  session: Session,
  { ledger_accounts, ledger_entries }: Tables,
  { tenant }: Scope,
  accounts: readonly string[],
  now: Instant,
): Promise<void> {
  await session.rows(sql`
    with gone as (
      delete from ${ledger_entries}
      where tenant = ${tenant} and account = any(${accounts}::text[]) and state = 'held' and expires_at <= ${now}
      returning tenant, account, amount
    ), ${takenOff(ledger_accounts)}
    select count(*) from gone`)
}

/** The part of a statement that takes the amounts of entries that are `gone` off their accounts. */
function takenOff(accounts: Fragment): Fragment {
  return sql`sums as (
      select tenant, account, sum(amount) as amount from gone group by tenant, account
    ), freed as (
      update ${accounts} as kept set held = kept.held - sums.amount from sums
      where kept.tenant = sums.tenant and kept.account = sums.account
    )`
}

/** Accounts as they stand at an instant: what has expired is not held, what a window has forgotten not settled. */
export async function readAccounts(
  session: Session,
  { ledger_accounts, ledger_entries }: Tables,
  { tenant }: Scope,
  accounts: readonly string[],
  now: Instant,
): Promise<readonly LedgerAccount[]> {
  const rows = await session.rows<AccountRow>(sql`
    select a.account, a.limit_amount, a.window_ms, a.crossed_90_at, a.crossed_100_at,
      a.held - (
        select coalesce(sum(e.amount), 0) from ${ledger_entries} as e
        where e.tenant = a.tenant and e.account = a.account and e.state = 'held' and e.expires_at <= ${now}
      ) as held,
      case when a.window_ms is null then a.settled else (
        select coalesce(sum(e.amount), 0) from ${ledger_entries} as e
        where e.tenant = a.tenant and e.account = a.account and e.state = 'settled' and e.at > ${now} - a.window_ms
      ) end as settled
    from ${ledger_accounts} as a where a.tenant = ${tenant} and a.account = any(${accounts}::text[])`)
  return rows.map(accountOf)
}

/** Entries under ids that have not expired. */
export async function readEntries(
  session: Session,
  { ledger_entries }: Tables,
  { tenant }: Scope,
  ids: readonly string[],
  now: Instant,
): Promise<readonly LedgerEntry[]> {
  const rows = await session.rows<EntryRow>(sql`
    select ${namesOf(ENTRY_COLUMNS)} from ${ledger_entries}
    where tenant = ${tenant} and id = any(${ids}::text[]) and (expires_at is null or expires_at > ${now})`)
  return rows.map(entryOf)
}

/**
 * Entries under ids while nobody else can change them, and all accounts that are locked for it: those given, which are locked
 * already, and those in which something is held under the same ids.
 */
export async function lockEntries(
  session: Session,
  tables: Tables,
  scope: Scope,
  locked: readonly string[],
  ids: readonly string[],
  now: Instant,
): Promise<{ readonly accounts: readonly string[]; readonly known: readonly LedgerEntry[] }> {
  const known = await readEntries(session, tables, scope, ids, now)
  const others = new Set(known.map(({ account }) => account))
  for (const account of locked) others.delete(account)
  if (others.size === 0) return { accounts: locked, known }
  await lockAccounts(session, tables, scope, [...others])
  return lockEntries(session, tables, scope, [...locked, ...others], ids, now)
}

interface Change extends LedgerAccount {
  readonly heldMore: number
  readonly settledMore: number
}

const CHANGE: Columns<Change> = [
  { name: 'account', type: 'text', of: ({ account }) => account },
  { name: 'held_more', type: 'float8', of: ({ heldMore }) => heldMore },
  { name: 'settled_more', type: 'float8', of: ({ settledMore }) => settledMore },
  { name: 'crossed_90_at', type: 'float8', of: ({ crossed90At }) => crossed90At },
  { name: 'crossed_100_at', type: 'float8', of: ({ crossed100At }) => crossed100At },
]

/** Writes what was decided: entries, and accounts by how much they changed. */
export async function writeLedger(
  session: Session,
  { ledger_accounts, ledger_entries }: Tables,
  { tenant }: Scope,
  before: readonly LedgerAccount[],
  {
    accounts,
    entries,
  }: { readonly accounts: readonly LedgerAccount[]; readonly entries: readonly LedgerEntry[] },
): Promise<void> {
  const known = new Map(before.map((account) => [account.account, account]))
  const changes = accounts.map((account): Change => {
    const { held, settled } = known.get(account.account) ?? { held: 0, settled: 0 }
    return { ...account, heldMore: account.held - held, settledMore: account.settled - settled }
  })
  await session.rows(sql`
    update ${ledger_accounts} as kept set held = kept.held + given.held_more,
      settled = kept.settled + given.settled_more,
      crossed_90_at = given.crossed_90_at, crossed_100_at = given.crossed_100_at
    from ${given(CHANGE, changes)} where kept.tenant = ${tenant} and kept.account = given.account`)
  if (entries.length === 0) return
  await session.rows(sql`
    insert into ${ledger_entries} (tenant, ${namesOf(ENTRY_COLUMNS)})
    select ${tenant}, ${namesOf(ENTRY_COLUMNS)} from ${given(ENTRY_COLUMNS, entries)}
    on conflict (tenant, id, account) do update set state = excluded.state, amount = excluded.amount,
      at = excluded.at, expires_at = excluded.expires_at`)
}
