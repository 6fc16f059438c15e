import type { DueIndex, DueRun, Instant, RunId, TenantId } from '@campaignkit/core/adapter'
import type { Database } from './database.js'
import { nextDueOf } from './deliveries.js'
import { everyChannel, standsIn, type WaitsFor } from './lines.js'
import { frequent } from './ready-statements.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

interface Row {
  readonly tenant: TenantId
  readonly run_id: RunId
  readonly due_at: Instant
  readonly scheduled_for: Instant
  readonly priority: number
}

/** The due runs of {@link createPostgresStorage}, of every tenant. */
export function createDueIndex(
  database: Database,
  { schema, campaigns, runs, deliveries }: Tables,
): DueIndex {
  const ofRun = { tenant: raw('r.tenant'), runId: raw('r.id') }
  const isInLine = (waitsFor: WaitsFor) => sql`exists (
    select from ${everyChannel('asked')} cross join ${deliveries} as d
    where ${standsIn({ ...ofRun, waitsFor, channel: raw('asked.channel') })})`
  const isLeased = (status: string) => sql`exists (
    select from ${deliveries} as d where d.tenant = r.tenant and d.run_id = r.id and d.is_leased and d.status in (${raw(status)}))`
  const unfinished = sql`(${isInLine('claim')} or ${isLeased(`'claimed'`)})`
  const underWay = sql`(${isInLine('receipt')} or ${isLeased(`'attempting', 'inDoubt'`)})`
  const next = nextDueOf(deliveries, { ...ofRun, channels: raw('c.channels') })
  const ownDue = sql`case when r.is_frozen then coalesce(${next}, 0) else r.scheduled_for end`
  return {
    due: async ({ limit, now }) => {
      const rows = await database.rows<Row>(
        frequent(sql`
        select * from (
          select r.tenant, r.id as run_id, r.scheduled_for, r.turn, c.priority,
            case
              when c.status = 'paused' then c.ends_at
              when c.status in ('completed', 'failed', 'cancelled') and (${unfinished} or not ${underWay}) then 0
              else least(${ownDue}, c.ends_at)
            end as due_at
          from ${runs} as r join ${campaigns} as c on c.tenant = r.tenant and c.id = r.campaign_id
          where r.status = 'open' and c.status <> 'draft'
        ) as open where due_at is not null
        order by due_at > ${now}, case when due_at <= ${now} then priority end desc,
          case when due_at <= ${now} then turn end nulls first, due_at, tenant, run_id limit ${limit}`),
      )
      return rows.map(({ tenant, run_id: runId, due_at: dueAt, scheduled_for: scheduledFor, priority }) => ({
        tenant,
        runId,
        dueAt,
        scheduledFor,
        priority,
      })) satisfies readonly DueRun[]
    },
    noteTurn: async ({ tenant }, runId) => {
      await database.rows(sql`
        update ${runs} set turn = nextval('${schema}.turns') where tenant = ${tenant} and id = ${runId} and status = 'open'`)
    },
  }
}
