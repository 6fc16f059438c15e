import {
  type CampaignId,
  type CounterCell,
  cellKeyOf,
  type RebuildOutcome,
  type Scope,
} from '@campaignkit/core/adapter'
import { type Columns, given } from './columns.js'
import { cellIdOf, SHARDS } from './count-events.js'
import type { Session } from './database.js'
import { locksOf } from './fact-locks.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** What tells the cells of a campaign apart, as they stand in the table. */
interface CellRow {
  readonly run_id: string
  readonly arm: string
  readonly channel: string
  readonly segment: string
  readonly type: string
  readonly currency: string
}

const CELL = raw('run_id, arm, channel, segment, type, currency')

/** The facts of the campaign, one for each cell in which they count; of this transaction alone. */
const FACTS = raw('pg_temp.campaignkit_facts')

/**
 * The rule of `EventStore.rebuild`, in six statements whatever there is to count; to be called within a transaction. Whoever
 * adds events of the campaign, or erases customers, waits for its end.
 */
export async function rebuildCounters(
  session: Session,
  tables: Tables,
  scope: Scope,
  campaignId: CampaignId,
): Promise<RebuildOutcome> {
  const { tenant } = scope
  await session.rows(sql`
    select 1 where ${locksOf(scope, [campaignId], 'alone')} and ${locksOf(scope, 'erasure', 'alone')}`)
  await gatherFacts(session, tables, scope, campaignId)
  // asked behind the facts: what was dropped before them is told here
  const thinned = await session.rows(sql`
    select 1 from ${tables.thinned_campaigns} where tenant = ${tenant} and campaign_id = ${campaignId}`)
  if (thinned.length === 0) {
    await countFacts(session, tables, scope, campaignId)
    await markMembers(session, tables, scope, campaignId)
  }
  await session.rows(sql`drop table ${FACTS}`)
  return { outcome: thinned.length === 0 ? 'rebuilt' : 'factsGone' }
}

async function gatherFacts(
  session: Session,
  { events }: Tables,
  { tenant }: Scope,
  campaignId: CampaignId,
): Promise<void> {
  // numbers pass through bigint, since a double becomes a numeric of 15 digits
  await session.rows(sql`
    create temporary table campaignkit_facts on commit drop as
    with facts as (
      select row_number() over () as fact, type, coalesce(currency, '') as currency, machine, attributions,
        amount_minor::bigint as amount, cost_micros::bigint as cost, customer_id, customer_id as member
      from ${events} where tenant = ${tenant} and campaign_id = ${campaignId} and erased_as is null
      union all
      select -row_number() over (), type, coalesce(currency, ''), machine, attributions,
        amount_minor::bigint, cost_micros::bigint, null, erased_as::text
      from ${events} where tenant = ${tenant} and campaign_id = ${campaignId} and erased_as is not null
    )
    select distinct fact, place->>'runId' collate "C" as run_id, place->>'arm' collate "C" as arm,
      channels.channel collate "C" as channel, held.segment collate "C" as segment, type, currency collate "C" as currency,
      machine, amount, cost, customer_id, member
    from facts
    cross join lateral json_array_elements(attributions) as places(place)
    cross join lateral (select '' union select coalesce(place->>'channel', '')) as channels(channel)
    cross join lateral (select '' union select json_array_elements_text(place->'segments')) as held(segment)
    where place->>'campaignId' = ${campaignId}`)
}

/** In rows of a shard of their own, beside which those who add will put others. */
async function countFacts(
  session: Session,
  { counters }: Tables,
  { tenant }: Scope,
  campaignId: CampaignId,
): Promise<void> {
  await session.rows(sql`delete from ${counters} where tenant = ${tenant} and campaign_id = ${campaignId}`)
  await session.rows(sql`
    with of_members as (
      select ${CELL}, member, count(*) as total, count(*) filter (where machine) as machine, bool_or(not machine) as human,
        sum(amount::numeric) as amount, sum(cost::numeric) as cost
      from ${FACTS} group by ${CELL}, member
    )
    insert into ${counters} (tenant, campaign_id, ${CELL}, shard, total, members, human_members, machine,
      amount_minor, amount_squares, cost_micros)
    select ${tenant}, ${campaignId}, ${CELL}, ${SHARDS}, sum(total), count(member),
      count(member) filter (where human), sum(machine), sum(amount),
      coalesce(sum(amount * amount) filter (where member is not null), 0), sum(cost)
    from of_members group by ${CELL}`)
}

async function markMembers(
  session: Session,
  { counted_members: countedMembers }: Tables,
  { tenant }: Scope,
  campaignId: CampaignId,
): Promise<void> {
  const rows = await session.rows<CellRow>(sql`select distinct ${CELL} from ${FACTS}`)
  const cells = rows.map((row) => ({ row, id: cellIdOf(cellKeyOf(cellOf(row, campaignId))) }))
  await session.rows(sql`
    delete from ${countedMembers} where tenant = ${tenant} and cell = any(${cells.map(({ id }) => id)}::uuid[])`)
  await session.rows(sql`
    insert into ${countedMembers} (tenant, cell, customer_id, human, amount)
    select ${tenant}, given.id::uuid, f.customer_id, bool_or(not f.machine), sum(f.amount)
    from ${FACTS} as f join ${given(CELL_ID, cells)} using (${CELL})
    where f.customer_id is not null group by given.id, f.customer_id`)
}

interface NamedCell {
  readonly row: CellRow
  readonly id: string
}

const CELL_ID: Columns<NamedCell> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'run_id', type: 'text', of: ({ row }) => row.run_id },
  { name: 'arm', type: 'text', of: ({ row }) => row.arm },
  { name: 'channel', type: 'text', of: ({ row }) => row.channel },
  { name: 'segment', type: 'text', of: ({ row }) => row.segment },
  { name: 'type', type: 'text', of: ({ row }) => row.type },
  { name: 'currency', type: 'text', of: ({ row }) => row.currency },
]

function cellOf(row: CellRow, campaignId: CampaignId): CounterCell {
  const { run_id: runId, arm, channel, segment, type, currency } = row
  const cell = { campaignId, runId, arm, channel: channel || null, segment: segment || null, type }
  return { ...cell, currency: currency || null } as CounterCell
}
