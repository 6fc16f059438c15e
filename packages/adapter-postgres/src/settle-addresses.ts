import type { RunId, Scope } from '@campaignkit/core/adapter'
import type { Session } from './database.js'
import { COUNTS, claimsOf, countsOf, fieldsOf, membersOf, plannedMember } from './planned-member.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** Numbers that are named in the second look; the database itself looks for more of them again. */
const MOST_NAMED = 20_000

/**
 * The rule of `FreezingStore.settleAddresses`, for the whole run at once. Nearly all addresses are claimed once: a first
 * look at the numbers that stand beside the members finds the few that may not be, and only those who claim them are
 * looked at in full.
 */
export async function settleAddresses(
  session: Session,
  tables: Tables,
  { tenant }: Scope,
  runId: RunId,
): Promise<void> {
  const { planned_members: planned } = tables
  const ofRun = sql`p.tenant = ${tenant} and p.run_id = ${runId}`
  const suspects = sql`
    select number from ${planned} as p cross join lateral unnest(p.claims) as number
    where ${ofRun} and number is not null group by number having count(*) > 1`
  const found = await session.rows<{ readonly number: string }>(sql`${suspects} limit ${MOST_NAMED + 1}`)
  if (found.length === 0) return
  const named = found.map((each) => each.number)
  const isSuspect =
    named.length > MOST_NAMED
      ? sql`c.claim in (${suspects})`
      : sql`c.claim = any(${named}::bigint[])
        and exists (select from unnest(p.claims) as own(number) where own.number = any(${named}::bigint[]))`
  const fields = fieldsOf('s', {
    channels: raw('s.left_channels'),
    exclusion: raw(`case when s.is_out then 'duplicateAddress' else s.exclusion end`),
    arm: raw('case when not s.is_out then s.arm end'),
    lane: raw('case when not s.is_out then s.lane end'),
  })
  // where many share an address, thousands are joined with thousands, and the database takes them for a few
  await session.rows(sql`select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)`)
  await session.rows(sql`
    with suspected as materialized (
      select p.slice, p.page, c.* from ${planned} as p cross join lateral ${claimsOf('c')} where ${ofRun} and ${isSuspect}
    ), people as materialized (
      select p.slice, p.page, m.at, m.customer_id from ${planned} as p cross join lateral ${membersOf('m')}
      where ${ofRun} and (p.slice, p.page) in (select slice, page from suspected)
    ), claimed as (
      select slice, page, at, channel, row_number() over (partition by channel, claim, twin order by customer_id) as turn
      from suspected join people using (slice, page, at)
    ), lost as materialized (
      select slice, page, at, array_agg(channel) as channels from claimed where turn > 1 group by slice, page, at
    ), touched as (
      select p.slice, p.page, m.*, l.channels as lost
      from (select distinct slice, page from lost) as pages
      join ${planned} as p on ${ofRun} and p.slice = pages.slice and p.page = pages.page
      cross join lateral ${membersOf('m')}
      left join lost as l on l.slice = p.slice and l.page = p.page and l.at = m.at
    ), settled as (
      select t.*, left_over.channels as left_channels,
        t.lost is not null and left_over.channels = '{}' as is_out
      from touched as t cross join lateral (
        select coalesce(array_agg(c.channel order by c.turn), '{}') as channels
        from unnest(t.channels) with ordinality as c(channel, turn)
        where c.channel <> all(coalesce(t.lost, '{}'))
      ) as left_over
    ), rows(slice, page, members, ${COUNTS}) as (
      select s.slice, s.page, array_agg(${plannedMember(tables, fields)} order by s.at), ${countsOf(fields)}
      from settled as s group by s.slice, s.page
    )
    update ${planned} as p set (members, ${COUNTS}) = (select rows.members, rows.excluded, rows.kept, rows.newcomers, rows.only_lane)
    from rows where ${ofRun} and p.slice = rows.slice and p.page = rows.page`)
}
