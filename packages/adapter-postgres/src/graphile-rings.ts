import type { Instant, Job } from '@campaignkit/core/adapter'
import type { Database } from './database.js'
import { raw, sql } from './sql.js'

/** graphile-worker takes the lower number first; the kit's lie behind whatever the host leaves at 0. */
const LEAST_URGENT = 10

/** The rings of one schema as jobs of graphile-worker, by its public functions and views alone. */
export interface GraphileRings {
  /** The task under which the rings stand. */
  readonly task: string
  /** Rings for a run; of two rings the earlier instant stays, and the later priority. */
  add(job: Job, at: Instant): Promise<void>
  /** Takes the locks of holders that have died off their jobs, which then ring again. */
  unlock(holders: readonly string[]): Promise<void>
}

/** Who holds a job of graphile-worker: no other job has the same holder. */
export function holderOf(job: { readonly id: string; readonly locked_by: string | null }): string {
  return `${job.id} ${job.locked_by ?? ''}`
}

/** The worker, or pool of workers, of graphile-worker behind a holder. */
function workerOf(holder: string): string {
  return holder.slice(holder.indexOf(' ') + 1)
}

export function createGraphileRings(
  database: Database,
  { schema, workerSchema }: { readonly schema: string; readonly workerSchema: string },
): GraphileRings {
  const home = raw(`"${workerSchema}"`)
  const task = `campaignkit:${schema}`
  return {
    task,
    add: ({ tenant, runId, priority }, at) => {
      const key = `${task}:${runId}:${tenant}`
      const payload = JSON.stringify({ tenant, runId, priority })
      const instant = sql`to_timestamp(${at}::float8 / 1000)`
      return database.transaction(async (session) => {
        // job keys alone keep the latest or the first instant, never the earliest
        await session.rows(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
        await session.rows(sql`
          select from ${home}.add_job(${task}, ${payload}::json,
            run_at => least(${instant}, (select run_at from ${home}.jobs where key = ${key} and locked_at is null)),
            job_key => ${key}, priority => ${LEAST_URGENT - priority}::int)`)
      })
    },
    unlock: async (holders) => {
      const workers = [...new Set(holders.map(workerOf))]
      await database.rows(sql`select from ${home}.force_unlock_workers(${workers}::text[])`)
    },
  }
}
