import type { Instant, Job } from '@campaignkit/core/adapter'
import type { Database } from './database.js'
import { BUSY_MS } from './doorbell-times.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** The server's own time, by which graphile-worker rings. */
const NOW = raw('(extract(epoch from clock_timestamp()) * 1000)::float8')

/** Who serves which run: one holder a run, for as long as it is heard of. */
export interface BusyRuns {
  /** Takes a run; when another holder has it, notes that it rang meanwhile. @returns whether it was taken */
  take(job: Job, holder: string): Promise<boolean>
  /** Gives a run back. @returns the server's time and when it rang meanwhile; null when another holder has it by now */
  giveBack(
    job: Job,
    holder: string,
  ): Promise<{ readonly now: Instant; readonly rangAt: Instant | null } | null>
  /** Tells that holders are alive. */
  renew(holders: readonly string[]): Promise<void>
  /** Forgets the runs whose holders have died. @returns those holders, each to one caller */
  orphans(): Promise<readonly string[]>
}

export function createBusyRuns(database: Database, { rings }: Tables): BusyRuns {
  return {
    take: async ({ tenant, runId, priority }, holder) => {
      const isFree = sql`(kept.busy_until is null or kept.busy_until <= ${NOW})`
      const [row] = await database.rows<{ readonly taken: boolean }>(sql`
        insert into ${rings} as kept (tenant, run_id, at, priority, tries, busy_until, holder)
        values (${tenant}, ${runId}, 'infinity', ${priority}, 0, ${NOW} + ${BUSY_MS}, ${holder})
        on conflict (tenant, run_id) do update set priority = excluded.priority,
          at = case when ${isFree} then 'infinity'::float8 else ${NOW} end,
          busy_until = case when ${isFree} then excluded.busy_until else kept.busy_until end,
          holder = case when ${isFree} then excluded.holder else kept.holder end
        returning holder = ${holder} as taken`)
      return row?.taken === true
    },
    giveBack: async ({ tenant, runId }, holder) => {
      const [row] = await database.rows<{ readonly now: Instant; readonly rangAt: Instant | null }>(sql`
        delete from ${rings} where tenant = ${tenant} and run_id = ${runId} and holder = ${holder}
        returning ${NOW} as now, nullif(at, 'infinity') as "rangAt"`)
      return row ?? null
    },
    renew: async (holders) => {
      await database.rows(sql`
        update ${rings} set busy_until = ${NOW} + ${BUSY_MS} where holder = any(${holders}::text[])`)
    },
    orphans: async () => {
      const rows = await database.rows<{ readonly holder: string }>(sql`
        delete from ${rings} where holder is not null and busy_until <= ${NOW} returning holder`)
      return rows.map(({ holder }) => holder)
    },
  }
}
