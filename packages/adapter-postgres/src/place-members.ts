import { idTaken, type Placement, REMAINDER, type RunId, type Scope } from '@campaignkit/core/adapter'
import { countAdded } from './count-added.js'
import type { Session } from './database.js'
import { firstId } from './deliveries-of.js'
import { brokenConstraint } from './failures.js'
import { membersOf } from './planned-member.js'
import { boundsOf } from './slice-sizes.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/**
 * The rule of `FreezingStore.place`, in one statement for all of the slice. What is placed is taken out of
 * the plan with it, so that it is placed once. Members are written in order of customer id and deliveries in order of
 * rank, as `armed` has them, since that is how their indexes grow at the end instead of everywhere.
 */
export async function placeMembers(
  session: Session,
  tables: Tables,
  { tenant }: Scope,
  runId: RunId,
  placement: Placement,
): Promise<void> {
  const { members, deliveries } = tables
  const { campaignId, arms, channels } = placement.first
  const used = channels === 'all' ? raw('m.channels') : raw('m.channels[1:1]')
  const isSent = sql`m.arm = any(${arms}::text[])`
  const [row] = await namingTheTaken(() =>
    session.rows<{ readonly queued: number }>(sql`
      with ${armed(tables, tenant, runId, placement)}, added as (
        insert into ${members} (tenant, run_id, customer_id, rank_key, rank, due_at, arm, exclusion, channels, tags, segments)
        select ${tenant}, ${runId}, m.customer_id, m.rank_key, m.rank, m.due_at, m.arm, m.exclusion, m.channels, m.tags,
          m.segments from armed as m order by m.customer_id
      ), queued as (
        insert into ${deliveries} (tenant, id, run_id, campaign_id, customer_id, step, channel, arm, rank, segments,
          due_at, first_due_at, status, tries, fence, receipts, cost_micros, is_first)
        select ${tenant}, ${firstId(sql`${runId}::text`, raw('m.rank'), raw('m.channel'))}, ${runId}, ${campaignId},
          m.customer_id, 0, m.channel, m.arm, m.rank, m.segments, m.due_at, m.due_at, 'queued', 0, 0, '{}', 0, true
        from (select m.*, unnest(${used}) as channel from armed as m where ${isSent}) as m
      )
      select coalesce(sum(cardinality(${used})), 0)::float8 as queued from armed as m where ${isSent}`),
  )
  const queued = row?.queued ?? 0
  if (queued === 0) return
  // apart from the statement that inserts them, so that a row of the counts is held no longer than it takes
  const given = sql`(${tenant}, ${campaignId}, ${runId}, 'queued', ${queued}::bigint)`
  await session.rows(
    countAdded(
      tables,
      sql`from (values ${given}) as placed(tenant, campaign_id, run_id, status, size)`,
      raw('sum(size)'),
    ),
  )
}

/** Those who are planned in the slices, taken out of the plan, with their ranks and arms, as `armed`. */
function armed(
  { planned_members: planned }: Tables,
  tenant: string,
  runId: RunId,
  { slice, firstRank, arms, remainderArm }: Placement,
): Fragment {
  const [first, last] = boundsOf(slice)
  const lines = armLines(arms)
  // within the only lane the turns follow the ranks, and one sort does for both
  const turn =
    arms.size > 1
      ? sql`row_number() over (partition by u.lane order by u.rank_key, u.customer_id)`
      : sql`count(u.lane) over by_rank`
  return sql`
    drawn as (
      delete from ${planned} where tenant = ${tenant} and run_id = ${runId} and slice between ${first} and ${last}
      returning *
    ), lines as materialized (
      select given.lane, given.arms::int[] as arms from unnest(${lines.lanes}::text[], ${lines.arms}::text[]) as given(lane, arms)
    ), ranked as (
      select u.*, ${firstRank}::float8 - 1 + count(*) filter (where u.exclusion is null) over by_rank as place,
        ${turn} as turn
      from drawn as p cross join lateral ${membersOf('u')}
      window by_rank as (order by u.rank_key, u.customer_id rows unbounded preceding)
    ), armed as materialized (
      select r.customer_id, r.rank_key, r.due_at, r.exclusion, r.channels, r.tags, r.segments,
        case when r.exclusion is null then r.place end as rank,
        case when r.exclusion is not null then null when r.arm = ${REMAINDER} then ${remainderArm}
          else coalesce(r.arm, (${lines.names}::text[])[lines.arms[r.turn]]) end as arm
      from ranked as r left join lines on lines.lane = r.lane
    )`
}

/** The arms of each lane as numbers of names, which are found at once in however long a line. */
function armLines(arms: Placement['arms']): {
  readonly names: readonly string[]
  readonly lanes: readonly string[]
  readonly arms: readonly string[]
} {
  const numbers = new Map<string, number>()
  const numberOf = (arm: string) => {
    const known = numbers.get(arm) ?? numbers.size + 1
    numbers.set(arm, known)
    return known
  }
  const lines = [...arms].map(([lane, line]) => [lane, `{${line.map(numberOf).join(',')}}`] as const)
  return {
    names: [...numbers.keys()],
    lanes: lines.map(([lane]) => lane),
    arms: lines.map(([, line]) => line),
  }
}

async function namingTheTaken<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    if (brokenConstraint(error) === 'deliveries_id') throw idTaken('delivery')
    throw error
  }
}
