import {
  type Clock,
  type Instant,
  isCampaignKitError,
  type Job,
  type JobQueue,
  type RunId,
  type TenantId,
} from '@campaignkit/core/adapter'
import { checkConcurrency } from './checks.js'
import type { Database } from './database.js'
import { BUSY_MS, FIRST_RETRY_MS, LAST_RETRY_MS, POLL_MS } from './doorbell-times.js'
import type { Notices } from './notices.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

type Handler = Parameters<JobQueue['listen']>[0]

/** What listeners of other processes are told when there may be something to take. */
const RUNG = 'rung'
/** The instant of a ring that has been taken and has not rung again. */
const TAKEN = 'infinity'

/** The doorbell of {@link createPostgresStorage}: one row a run, which listeners of any process ask for. */
export function createJobQueue(
  database: Database,
  tables: Tables,
  { clock, notices }: { readonly clock: Clock; readonly notices: Notices },
): JobQueue {
  const rings = createRings(database, tables)
  /** By what the listeners of this queue are woken. */
  const bell = new Set<() => void>()
  const ringAll = () => {
    for (const wake of bell) wake()
  }
  return {
    ring: async ({ tenant }, runId, at, priority) => {
      await rings.add({ tenant, runId, priority }, at)
      ringAll()
      if (at <= clock.now() + POLL_MS) notices.tell(RUNG)
    },
    listen: async (handler, options) => {
      checkConcurrency(options)
      const underWay = new Map<Job, Promise<void>>()
      const failures: unknown[] = []
      const beat = createHeartbeat(rings, clock.now())
      let rung = new AbortController()
      const wake = () => rung.abort()
      bell.add(wake)
      options.signal.addEventListener('abort', wake)
      const unhear = notices.hear((subject) => {
        if (subject === null || subject === RUNG) wake()
      })
      try {
        while (!options.signal.aborted) {
          if (failures.length > 0) throw failures[0]
          rung = new AbortController()
          const now = clock.now()
          await beat([...underWay.keys()], now)
          const hasRoom = underWay.size < options.concurrency
          const job = hasRoom ? await rings.take(now).catch(nullIfItPasses) : null
          if (job === null) {
            await nap(clock, rung.signal)
            continue
          }
          const handled = handle(rings, clock, handler, job)
            .catch((thrown: unknown) => void failures.push(thrown))
            .finally(() => {
              underWay.delete(job)
              ringAll()
            })
          underWay.set(job, handled)
        }
      } finally {
        options.signal.removeEventListener('abort', wake)
        bell.delete(wake)
        unhear()
        await Promise.all(underWay.values())
      }
    },
  }
}

interface RingRow {
  readonly tenant: TenantId
  readonly run_id: RunId
  readonly priority: number
}

type Rings = ReturnType<typeof createRings>

function createRings(database: Database, { rings }: Tables) {
  return {
    /** Rings for a run; of two rings the earlier instant stays, and the later priority. */
    add: async ({ tenant, runId, priority }: Job, at: Instant): Promise<void> => {
      await database.rows(sql`
        insert into ${rings} as kept (tenant, run_id, at, priority, tries)
        values (${tenant}, ${runId}, ${at}, ${priority}, 0)
        on conflict (tenant, run_id) do update
          set at = least(kept.at, excluded.at), priority = excluded.priority`)
    },
    /** The next job whose instant has come and that nobody handles, or whose listener has died with it. */
    take: async (now: Instant): Promise<Job | null> => {
      const [row] = await database.rows<RingRow>(sql`
        with next as (
          select tenant, run_id from ${rings}
          where (busy_until is null and at <= ${now}) or busy_until <= ${now}
          order by priority desc, least(at, busy_until) limit 1 for update skip locked
        )
        update ${rings} as r set at = ${TAKEN}::float8, busy_until = ${now + BUSY_MS}
        from next where r.tenant = next.tenant and r.run_id = next.run_id
        returning r.tenant, r.run_id, r.priority`)
      return row === undefined ? null : { tenant: row.tenant, runId: row.run_id, priority: row.priority }
    },
    /** Tells that the handlers of jobs are alive. */
    renew: async (jobs: readonly Job[], now: Instant): Promise<void> => {
      await database.rows(sql`
        update ${rings} as r set busy_until = ${now + BUSY_MS}
        from unnest(${jobs.map(({ tenant }) => tenant)}::text[], ${jobs.map(({ runId }) => runId)}::text[])
          as given(tenant, run_id)
        where r.tenant = given.tenant and r.run_id = given.run_id and r.busy_until is not null`)
    },
    done: async ({ tenant, runId }: Job): Promise<void> => {
      await database.transaction(async (session) => {
        const ofRun = sql`tenant = ${tenant} and run_id = ${runId}`
        await session.rows(sql`delete from ${rings} where ${ofRun} and at = ${TAKEN}::float8`)
        await session.rows(sql`update ${rings} set busy_until = null, tries = 0 where ${ofRun}`)
      })
    },
    /** The handler threw: rings again after 1 s, twice as long each time, at most 60 s. */
    failed: async ({ tenant, runId }: Job, now: Instant): Promise<void> => {
      await database.rows(sql`
        update ${rings} set tries = tries + 1, busy_until = null,
          at = least(at, ${now} + least(${LAST_RETRY_MS}, ${FIRST_RETRY_MS} * 2 ^ tries))
        where tenant = ${tenant} and run_id = ${runId}`)
    },
  }
}

/** Tells once a second that the handlers under way are alive. */
function createHeartbeat(rings: Rings, startsAt: Instant) {
  let renewedAt = startsAt
  return async (jobs: readonly Job[], now: Instant): Promise<void> => {
    if (jobs.length === 0 || now - renewedAt < POLL_MS) return
    renewedAt = now
    await rings.renew(jobs, now).catch(nullIfItPasses)
  }
}

/** What cannot be noted because the database is away is noted by time: the run rings again when it was busy too long. */
async function handle(rings: Rings, clock: Clock, handler: Handler, job: Job): Promise<void> {
  await handler(job)
    .then(
      () => rings.done(job),
      () => rings.failed(job, clock.now()),
    )
    .catch(nullIfItPasses)
}

/** A database that is away for a while is asked again later; whatever else went wrong is thrown. */
function nullIfItPasses(thrown: unknown): null {
  if (isCampaignKitError(thrown, 'STORAGE_FAILED') && thrown.retry !== 'never') return null
  throw thrown
}

/** Waits until it is rung, or it is time to ask what other processes have rung. */
async function nap(clock: Clock, rung: AbortSignal): Promise<void> {
  try {
    await clock.sleepUntil(clock.now() + POLL_MS, { signal: rung })
  } catch (thrown) {
    if (!rung.aborted) throw thrown
  }
}
