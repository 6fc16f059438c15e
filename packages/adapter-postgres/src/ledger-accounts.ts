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

/** Deletes entries that a condition on `ledger_entries` names, and takes what was held off their accounts. */
export async function freeHeld(
  session: Session,
  { ledger_accounts, ledger_entries }: Tables,
  { tenant }: Scope,
  condition: Fragment,
): Promise<number> {
  const [freed] = await session.rows<{ readonly count: number }>(sql`
    with gone as (
      delete from ${ledger_entries} where tenant = ${tenant} and state = 'held' and ${condition}
      returning account, amount
    ), sums as (select account, sum(amount) as amount from gone group by account),
    counted as (
      update ${ledger_accounts} as kept set held = kept.held - sums.amount from sums
      where kept.tenant = ${tenant} and kept.account = sums.account
    )
    select count(*)::float8 as count from gone`)
  return freed?.count ?? 0
}

/** Frees what has expired in accounts. */
export async function freeExpired(
  session: Session,
  tables: Tables,
  scope: Scope,
  accounts: readonly string[],
  now: Instant,
): Promise<void> {
  await freeHeld(session, tables, scope, sql`account = any(${accounts}::text[]) and expires_at <= ${now}`)
}

/** Accounts as they stand at an instant, but that what has expired still counts as held. */
export async function readAccounts(
  session: Session,
  { ledger_accounts, ledger_entries }: Tables,
  { tenant }: Scope,
  accounts: readonly string[],
  now: Instant,
): Promise<readonly LedgerAccount[]> {
  const rows = await session.rows<AccountRow>(sql`
    select a.account, a.limit_amount, a.window_ms, a.held, a.crossed_90_at, a.crossed_100_at,
      case when a.window_ms is null then a.settled else (
        select coalesce(sum(e.amount), 0) from ${ledger_entries} as e
        where e.tenant = a.tenant and e.account = a.account and e.state = 'settled' and e.at > ${now} - a.window_ms
      ) end as settled
    from ${ledger_accounts} as a where a.tenant = ${tenant} and a.account = any(${accounts}::text[])`)
  return rows.map(accountOf)
}

/** What is held in accounts although it has expired. */
export async function readExpired(
  session: Session,
  { ledger_entries }: Tables,
  { tenant }: Scope,
  accounts: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, number>> {
  const rows = await session.rows<{ readonly account: string; readonly amount: number }>(sql`
    select account, sum(amount) as amount from ${ledger_entries}
    where tenant = ${tenant} and account = any(${accounts}::text[]) and state = 'held' and expires_at <= ${now}
    group by account`)
  return new Map(rows.map(({ account, amount }) => [account, amount]))
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
