import type { Assignment, FirstDeliveries, RunId, Scope } from '@campaignkit/core/adapter'
import { type Columns, probes } from './columns.js'
import type { Database } from './database.js'
import { brokenConstraint, idTaken } from './failures.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'
import { unlessThere } from './unless-there.js'

const ASSIGNMENT: Columns<Assignment> = [
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'rank', type: 'float8', of: ({ rank }) => rank },
  { name: 'arm', type: 'text', of: ({ arm }) => arm },
]

/** The rule of `AudienceStore.assign`, in one statement. */
export async function assignMembers(
  database: Database,
  tables: Tables,
  { tenant }: Scope,
  runId: RunId,
  assignments: readonly Assignment[],
  first?: FirstDeliveries,
): Promise<void> {
  if (assignments.length === 0) return
  const { members } = tables
  const ofMember = sql`m.tenant = given.tenant and m.run_id = given.run_id and m.customer_id = given.customer_id`
  const given = probes({ tenant, run_id: runId }, ASSIGNMENT, assignments)
  // `m.arm is null` alone, of which a planner without statistics expects next to nobody, would have it begin with members
  const assigned = sql`
    update ${members} as m set rank = given.rank, arm = given.arm from given
    where ${ofMember} and num_nonnulls(m.arm, m.exclusion, given.customer_id) = 1`
  if (first === undefined) {
    await database.rows(sql`with ${given} ${assigned}`)
    return
  }
  const placed = raw('m.customer_id, m.rank, m.arm, m.channels, m.segments, m.due_at')
  try {
    await unlessThere('deliveries_place', (ifThere) =>
      database.rows(sql`
        with ${given}, assigned as (${assigned} returning ${placed}), placed as (
          select * from assigned
          union all
          select ${placed} from given join ${members} as m on ${ofMember}
          where (select count(*) from assigned) < ${assignments.length} and m.arm is not null
        )
        ${queueFirst(tables, tenant, runId, first)} ${ifThere}`),
    )
  } catch (error) {
    if (brokenConstraint(error) === 'deliveries_id') throw idTaken('delivery')
    throw error
  }
}

/** Queues what each of `placed` is sent first. The second part of an id counts the deliveries of the statement. */
function queueFirst(
  { deliveries }: Tables,
  tenant: string,
  runId: RunId,
  { campaignId, arms, channels, idPrefix }: FirstDeliveries,
): Fragment {
  const used = channels === 'all' ? raw('placed.channels') : raw('placed.channels[1:1]')
  return sql`
    insert into ${deliveries} (tenant, id, run_id, campaign_id, customer_id, step, channel, arm, rank, segments,
      due_at, first_due_at, status, tries, fence, receipts, cost_micros)
    select ${tenant}, ${idPrefix} || '-' || (row_number() over () - 1), ${runId}, ${campaignId}, placed.customer_id, 0,
      used.channel, placed.arm, placed.rank, placed.segments, placed.due_at, placed.due_at, 'queued', 0, 0, '{}', 0
    from placed cross join lateral unnest(${used}) as used(channel)
    where placed.arm = any(${arms}::text[])`
}
