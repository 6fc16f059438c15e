import { DAY_MS, isCampaignKitError } from '@campaignkit/core/adapter'
import type { Database, Session } from '../database.js'
import { hasTable } from '../has-table.js'
import { type Fragment, raw, sql } from '../sql.js'
import type { Tables } from '../tables.js'
import type { UpkeepSettings } from './upkeep-options.js'

/** How one step of upkeep is done while nobody else does upkeep; null when somebody does. */
export type Alone = <Result>(work: (session: Session) => Promise<Result>) => Promise<Result | null>

/** A month of events, from one instant up to, and without, another. */
interface Month {
  readonly name: string
  readonly from_ms: number
  readonly to_ms: number
}

const NAME = /^events_\d{4}m(0[1-9]|1[0-2])$/
/** A month as its partition is named. */
const NAMED = raw(`'"events_"YYYY"m"MM'`)
/** SQLSTATE of a partition that has what another one has. */
const OVERLAPS = '42P17'
/** Rows that a month may have in the default partition when its own is made, in times of `mostRows`. */
const MOST_MOVED = 10

function tableOf({ schema }: Tables, name: string): Fragment {
  // what is no name of ours never stands in a statement
  return sql`${schema}.${raw(NAME.test(name) ? name : 'no_such_partition')}`
}

/**
 * Makes the partitions of this month and of those to come, each in a transaction of its own. Rows of the month that have
 * gone to the default partition move, unless they are so many that those who write would wait for long: then they stay there.
 *
 * @returns the names of those made; null when somebody else does upkeep
 */
export async function makePartitions(
  database: Database,
  alone: Alone,
  tables: Tables,
  { now, monthsAhead, mostRows }: UpkeepSettings,
): Promise<readonly string[] | null> {
  const months = await database.rows<Month>(sql`
    select to_char(month, ${NAMED}) as name, (extract(epoch from month at time zone 'UTC') * 1000)::float8 as from_ms,
      (extract(epoch from (month + interval '1 month') at time zone 'UTC') * 1000)::float8 as to_ms
    from (select date_trunc('month', to_timestamp(${now}::float8 / 1000) at time zone 'UTC') as this) as start
    cross join lateral generate_series(this, this + ${monthsAhead} * interval '1 month', interval '1 month') as months(month)
    where not exists (
      select 1 from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = ${unquoted(tables)} and c.relname = to_char(month, ${NAMED})
    ) order by month`)
  const made: string[] = []
  for (const month of months) {
    const isMade = await alone((session) =>
      makePartition(session, tables, month, mostRows * MOST_MOVED),
    ).catch(falseIfCovered)
    if (isMade === null) return null
    if (isMade) made.push(month.name)
  }
  return made
}

/** The host has made partitions of its own: what they hold of the month needs no other, and is the host's to drop. */
function falseIfCovered(error: unknown): false {
  if (isCampaignKitError(error) && error.details.state === OVERLAPS) return false
  throw error
}

async function makePartition(
  session: Session,
  tables: Tables,
  { name, from_ms: from, to_ms: to }: Month,
  most: number,
): Promise<boolean> {
  const { events, schema } = tables
  // another process may have made it since
  if (await hasTable(session, unquoted(tables), name)) return false
  const table = tableOf(tables, name)
  const rest = sql`${schema}.events_default`
  const ofMonth = sql`recorded_at >= ${from} and recorded_at < ${to}`
  const [there] = await session.rows<{ readonly count: number }>(sql`
    select count(*)::float8 as count from (select 1 from ${rest} where ${ofMonth} limit ${most + 1}) as seen`)
  if ((there?.count ?? 0) > most) return false
  await session.rows(
    sql`create table ${table} (like ${events} including defaults including constraints including indexes)`,
  )
  // whoever reads or writes events waits from here to the end: it would go by the partitions that there were, and miss what moves
  await session.rows(sql`lock table only ${events}, ${rest} in access exclusive mode`)
  await session.rows(sql`
    with moved as (delete from ${rest} where ${ofMonth} returning *) insert into ${table} select * from moved`)
  // a bound of a partition cannot be a binding
  const bounds = raw(`from (${Number(from)}) to (${Number(to)})`)
  await session.rows(sql`alter table ${events} attach partition ${table} for values ${bounds}`)
  return true
}

/**
 * Drops the months of events that are over for longer than events are kept, each in a transaction of its own, with a note of
 * the campaigns that lose facts.
 *
 * @returns the names of those dropped; null when somebody else does upkeep
 */
export async function dropPartitions(
  database: Database,
  alone: Alone,
  tables: Tables,
  { now, eventsKeptForDays }: UpkeepSettings,
): Promise<readonly string[] | null> {
  if (eventsKeptForDays === null) return []
  const rows = await database.rows<{ readonly name: string }>(sql`
    select c.relname as name from pg_catalog.pg_inherits as i
    join pg_catalog.pg_class as c on c.oid = i.inhrelid
    join pg_catalog.pg_class as p on p.oid = i.inhparent join pg_catalog.pg_namespace as n on n.oid = p.relnamespace
    where n.nspname = ${unquoted(tables)} and p.relname = 'events' and c.relname ~ ${NAME.source}
      and ((to_timestamp(substr(c.relname, 8), 'YYYY"m"MM')::timestamp + interval '1 month') at time zone 'UTC')
        <= to_timestamp(${now - eventsKeptForDays * DAY_MS}::float8 / 1000)
    order by c.relname`)
  const dropped: string[] = []
  for (const { name } of rows) {
    const isDropped = await alone(async (session) => {
      if (!(await hasTable(session, unquoted(tables), name))) return false
      const table = tableOf(tables, name)
      await session.rows(sql`
        insert into ${tables.thinned_campaigns} (tenant, campaign_id)
        select distinct tenant, campaign_id from ${table} where campaign_id is not null
        on conflict (tenant, campaign_id) do nothing`)
      await session.rows(sql`drop table ${table}`)
      return true
    })
    if (isDropped === null) return null
    if (isDropped) dropped.push(name)
  }
  return dropped
}

function unquoted({ schema }: Tables): string {
  return schema.text.replaceAll('"', '')
}
