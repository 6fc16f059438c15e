import { DAY_MS, type Instant } from '@campaignkit/core/adapter'
import type { Session } from '../database.js'
import { ofRun } from '../deliveries-of.js'
import { freeHeld } from '../ledger-accounts.js'
import { raw, sql } from '../sql.js'
import type { Tables } from '../tables.js'
import type { UpkeepSettings } from './upkeep-options.js'

/** Deletes rows of one kind whose time is over, `mostRows` at most, in one statement; tells how many. */
type Sweep = (session: Session, tables: Tables, settings: UpkeepSettings) => Promise<number>

const before = (now: Instant, days: number) => now - days * DAY_MS

/** Old events that stand in the default partition, with a note of the campaigns that lose facts. */
const sweepEvents: Sweep = (session, tables, { now, eventsKeptForDays, mostRows }) => {
  if (eventsKeptForDays === null) return none
  const rest = sql`${tables.schema}.events_default`
  return countOf(
    session,
    sql`with gone as (
      delete from ${rest} where ctid = any(array(
        select ctid from ${rest} where recorded_at < ${before(now, eventsKeptForDays)} limit ${mostRows}))
      returning tenant, campaign_id
    ), noted as (
      insert into ${tables.thinned_campaigns} (tenant, campaign_id)
      select distinct tenant, campaign_id from gone where campaign_id is not null
      on conflict (tenant, campaign_id) do nothing
    ) select count(*)::float8 as count from gone`,
  )
}

const sweepKeys: Sweep = (session, { event_keys: keys }, { now, keysKeptForDays, mostRows }) =>
  countOf(
    session,
    sql`with old as (
      select tenant, key from ${keys} where recorded_at < ${before(now, keysKeptForDays)} limit ${mostRows}
    ), gone as (
      delete from ${keys} as k using old where k.tenant = old.tenant and k.key = old.key returning 1
    ) select count(*)::float8 as count from gone`,
  )

/** Deliveries of runs long ended, in campaigns that send nothing again; with their attempts. A run that goes on after all is left alone. */
const sweepDeliveries: Sweep = (session, tables, { now, runsKeptForDays, mostRows }) => {
  if (runsKeptForDays === null) return none
  const { runs, campaigns, deliveries, attempts } = tables
  return countOf(
    session,
    sql`with old as (
      select d.tenant, d.id from ${runs} as r
      join ${campaigns} as c on c.tenant = r.tenant and c.id = r.campaign_id
      cross join lateral (${ofRun(deliveries, raw('d.tenant, d.id'), sql`limit ${mostRows}`)}) as d
      where r.status = 'ended' and r.ended_at < ${before(now, runsKeptForDays)}
        and c.status in ('completed', 'failed', 'cancelled')
      limit ${mostRows} for share of r skip locked
    ), tried as (
      delete from ${attempts} as a using old where a.tenant = old.tenant and a.delivery_id = old.id
    ), gone as (
      delete from ${deliveries} as d using old where d.tenant = old.tenant and d.id = old.id returning 1
    ) select count(*)::float8 as count from gone`,
  )
}

/** Address claims that a count which died left behind. */
const sweepClaims: Sweep = (session, { address_claims: claims }, { mostRows }) =>
  countOf(
    session,
    sql`with gone as (
      delete from ${claims} where ctid = any(array(
        select ctid from ${claims} where claimed_at < now() - interval '1 day' limit ${mostRows}))
      returning 1
    ) select count(*)::float8 as count from gone`,
  )

/** Holds that have expired, taken off their accounts. */
const sweepHolds: Sweep = (session, tables, { now, mostRows }) =>
  freeHeld(session, tables, sql`expires_at <= ${now}`, mostRows)

/** Settled entries that count in no window any more; the totals of their accounts stay. */
const sweepSettled: Sweep = (session, tables, { now, keysKeptForDays, mostRows }) => {
  const { ledger_entries: entries, ledger_accounts: accounts } = tables
  return countOf(
    session,
    sql`with gone as (
      delete from ${entries} where ctid = any(array(
        select e.ctid from ${entries} as e
        join ${accounts} as a on a.tenant = e.tenant and a.account = e.account
        where e.state = 'settled' and e.at < ${before(now, keysKeptForDays)} and e.at <= ${now} - coalesce(a.window_ms, 0)
        limit ${mostRows} for update of e skip locked))
      returning 1
    ) select count(*)::float8 as count from gone`,
  )
}

/** Marks of transactions whose end nobody came to ask. */
const sweepEnlistments: Sweep = (session, { enlistments }, { mostRows }) =>
  countOf(
    session,
    sql`with gone as (
      delete from ${enlistments} where ctid = any(array(
        select ctid from ${enlistments} where at < now() - interval '1 day' limit ${mostRows}))
      returning 1
    ) select count(*)::float8 as count from gone`,
  )

/** What upkeep deletes rows of. */
export type SweptKind =
  | 'events'
  | 'eventKeys'
  | 'deliveries'
  | 'addressClaims'
  | 'ledgerHolds'
  | 'ledgerSettled'
  | 'enlistments'

/** What upkeep deletes, by kind. */
export const SWEEPS: Readonly<Record<SweptKind, Sweep>> = {
  events: sweepEvents,
  eventKeys: sweepKeys,
  deliveries: sweepDeliveries,
  addressClaims: sweepClaims,
  ledgerHolds: sweepHolds,
  ledgerSettled: sweepSettled,
  enlistments: sweepEnlistments,
}

const none = Promise.resolve(0)

async function countOf(session: Session, statement: ReturnType<typeof sql>): Promise<number> {
  const [row] = await session.rows<{ readonly count: number }>(statement)
  return row?.count ?? 0
}
