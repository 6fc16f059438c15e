import { CampaignKitError, isCampaignKitError, type Job, type JobQueue } from '@campaignkit/core/adapter'
import { Logger, type RunnerOptions, run, runMigrations, type Task } from 'graphile-worker'
import type { Knex } from 'knex'
import { beatUntil } from './beat-until.js'
import { createBusyRuns } from './busy-runs.js'
import { checkConcurrency, checkKnex } from './checks.js'
import { Database } from './database.js'
import { POLL_MS } from './doorbell-times.js'
import { storageFailed } from './failures.js'
import { createGraphileHandler, type GraphileHandler } from './graphile-handler.js'
import { createGraphileRings, holderOf } from './graphile-rings.js'
import { throughKnex } from './host.js'
import { pause } from './pause.js'
import { requireFields } from './require-fields.js'
import { checkSchemaName, DEFAULT_SCHEMA, tablesIn } from './tables.js'

const DEFAULT_WORKER_SCHEMA = 'graphile_worker'

/** On what a queue rings and listens. */
export interface GraphileQueueOptions {
  /** The host's own instance, or a transaction of it: then what rings is heard when it is committed. */
  readonly knex: Knex
  /**
   * A pool of `pg` for the same database, with which graphile-worker listens: one connection stays with it, others are
   * taken for a statement each. The host opens and closes it. Not needed to ring.
   *
   * @default null
   */
  readonly pool?: RunnerOptions['pgPool'] | null
  /** The schema of the storage's tables. @default 'campaignkit' */
  readonly schema?: string
  /** The schema of graphile-worker's own tables. @default 'graphile_worker' */
  readonly workerSchema?: string
}

const OPTIONS = ['knex', 'pool', 'schema', 'workerSchema']

/** A job queue on graphile-worker. */
export interface GraphileQueue extends JobQueue {
  /**
   * Brings graphile-worker's tables up to date; those of the storage are made by its own `migrate`.
   *
   * @throws INVALID_INPUT with path `pool`, STORAGE_FAILED
   */
  migrate(): Promise<void>
}

/**
 * Makes a job queue whose rings are jobs of graphile-worker 0.16.6 or later, one a run, by job key. It rings by the
 * server's time. The runs that are being served stand in the storage's tables, where a listener says every second that
 * it is alive: five seconds after the death of one its runs ring for another, whatever graphile-worker's own lock of
 * four hours says.
 *
 * @throws UNKNOWN_FIELD; INVALID_INPUT with path `knex`, `schema` or `workerSchema`; `listen` and `migrate` with path `pool`
 *
 * @example
 * ```ts
 * import { createPostgresStorage } from '@campaignkit/adapter-postgres'
 * import { createGraphileQueue } from '@campaignkit/adapter-postgres/graphile'
 * import { createCampaignKit } from '@campaignkit/core'
 * import { createRecordingChannel } from '@campaignkit/core/testing'
 * import createKnex from 'knex'
 * const knex = createKnex({ client: 'pg', connection: process.env.DATABASE_URL ?? '' })
 * const root = createCampaignKit({
 *   storage: createPostgresStorage({ knex }),
 *   queue: createGraphileQueue({ knex, workerSchema: 'jobs' }),
 *   channels: { email: createRecordingChannel() },
 *   publicUrl: 'https://go.pizza.example',
 *   secrets: [{ id: '2026a', key: process.env.CAMPAIGNKIT_KEY ?? '' }],
 * })
 * await root.close()
 * ```
 */
export function createGraphileQueue(options: GraphileQueueOptions): GraphileQueue {
  requireFields(options, OPTIONS)
  const { knex, pool = null, schema = DEFAULT_SCHEMA, workerSchema = DEFAULT_WORKER_SCHEMA } = options
  checkKnex(knex)
  checkSchemaName(workerSchema, 'workerSchema')
  const database = new Database(throughKnex(knex))
  const rings = createGraphileRings(database, { schema, workerSchema })
  const busy = createBusyRuns(database, tablesIn(schema))
  const placed = () => ({ pgPool: requirePool(pool), schema: workerSchema, logger: SILENT })

  /** Listens until the signal aborts or graphile-worker gives up. */
  async function work(handler: GraphileHandler, concurrency: number, signal: AbortSignal): Promise<void> {
    const options = {
      ...placed(),
      concurrency,
      pollInterval: POLL_MS,
      noHandleSignals: true,
      preset: NOTED_BEFORE_THE_END,
    }
    const task: Task = (payload, { job }) => handler.answer(payload as Job, holderOf(job))
    const runner = await run(options, { [rings.task]: task }, [])
    let stopped: Promise<void> | null = null
    const stop = () => {
      // it fails when graphile-worker has ended by itself
      stopped ??= runner.stop().catch(() => undefined)
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    await runner.promise.finally(() => signal.removeEventListener('abort', stop))
    await stopped
  }

  return {
    ring: ({ tenant }, runId, at, priority) => rings.add({ tenant, runId, priority }, at),
    async listen(handle, { signal, concurrency }) {
      checkConcurrency({ concurrency })
      requirePool(pool)
      const handler = createGraphileHandler(handle, { rings, busy })
      const ended = new AbortController()
      const beating = beatUntil(handler, ended.signal)
      try {
        while (!signal.aborted) {
          await work(handler, concurrency, signal).catch(throwUnlessItPasses)
          if (!signal.aborted) await pause(POLL_MS)
        }
      } finally {
        await handler.finish()
        ended.abort()
        await beating
      }
    },
    migrate: () =>
      runMigrations(placed()).catch((error: unknown) => {
        throw isCampaignKitError(error) ? error : storageFailed(error)
      }),
  }
}

/** Only jobs that are noted as done in batches are waited for when the runner stops. */
const NOTED_BEFORE_THE_END = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } }

const SILENT = new Logger(() => () => undefined)

function requirePool(pool: RunnerOptions['pgPool'] | null): NonNullable<RunnerOptions['pgPool']> {
  if (pool !== null && pool !== undefined) return pool
  throw new CampaignKitError('INVALID_INPUT', 'pool: needed to listen and to migrate', { path: 'pool' })
}

function throwUnlessItPasses(thrown: unknown): void {
  const failure = isCampaignKitError(thrown) ? thrown : storageFailed(thrown)
  if (failure.retry === 'never') throw failure
}
