import type { RunId, Scope } from '@campaignkit/core/adapter'
import type { Session } from './database.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

/**
 * The rule of `FreezingStore.settleAddresses`, for the whole run at once. Nearly all addresses are claimed once: a first
 * look at numbers made of them finds the few that may not be, and only those are looked at in full.
 */
export async function settleAddresses(
  session: Session,
  { planned_members: planned }: Tables,
  { tenant }: Scope,
  runId: RunId,
): Promise<void> {
  const ofRun = sql`p.tenant = ${tenant} and p.run_id = ${runId}`
  const claims = sql`${planned} as p
    cross join lateral unnest(p.claim_members, p.claim_channels, p.claim_keys) as c(member, channel, key)`
  await session.rows(sql`
    with suspects as (
      select hashtext(c.key) as number from ${claims} where ${ofRun} group by c.channel, number having count(*) > 1
    ), claimed as (
      select p.slice, p.page, c.member, c.channel,
        row_number() over (partition by c.channel, c.key order by p.customer_ids[c.member]) as turn
      from ${claims} where ${ofRun} and hashtext(c.key) in (select number from suspects)
    ), lost as materialized (
      select slice, page, member, array_agg(channel) as channels from claimed where turn > 1
      group by slice, page, member
    ), settled as (
      select p.slice, p.page, m.at, m.exclusion, m.arm, m.lane, l.channels is not null as has_lost,
        case when l.channels is null then m.channels else (
          select coalesce(array_agg(c.channel order by c.at), '{}')::text
          from unnest(m.channels::text[]) with ordinality as c(channel, at) where c.channel <> all(l.channels)
        ) end as channels
      from (select distinct slice, page from lost) as touched
      join ${planned} as p on ${ofRun} and p.slice = touched.slice and p.page = touched.page
      cross join lateral unnest(p.exclusions, p.arms, p.lanes, p.channels) with ordinality
        as m(exclusion, arm, lane, channels, at)
      left join lost as l on l.slice = p.slice and l.page = p.page and l.member = m.at
    ), rows as (
      select slice, page, array_agg(channels order by at) as channels,
        array_agg(case when is_out then 'duplicateAddress' else exclusion end order by at) as exclusions,
        array_agg(case when not is_out then arm end order by at) as arms,
        array_agg(case when not is_out then lane end order by at) as lanes
      from (select *, has_lost and channels = '{}' as is_out from settled) as members
      group by slice, page
    )
    update ${planned} as p set channels = rows.channels, exclusions = rows.exclusions, arms = rows.arms,
      lanes = rows.lanes
    from rows where ${ofRun} and p.slice = rows.slice and p.page = rows.page`)
}
