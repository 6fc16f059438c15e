import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { WorkerId } from '../base/ids.js'
import type { DurationMs, Instant } from '../base/time.js'
import { workerScope } from '../model/scope.js'
import type { Job } from '../ports/job-queue.js'
import type { DueRun } from '../ports/storage/campaign-store.js'
import type { CallOptions } from './call-options.js'
import type { EngineContext, NamedSink } from './context.js'
import { createHelping, type Help } from './helping.js'
import { passOnEvents } from './pass-on-events.js'
import { createRests } from './rests.js'
import { createSenders } from './sender.js'
import { serveDueRuns } from './serve-due-runs.js'
import { helpRun, serveRun } from './serve-run.js'
import { sleepUnlessStopped } from './sleep-unless-stopped.js'
import { stopInTime } from './stop-in-time.js'

/** Runs that the sweep looks at, at most. */
const SWEEP_LIMIT = 1_000
/** Who helps with a run takes the slots of so long from now. Where they are taken, the pace is what bounds it. */
const HELPS_WITHIN_MS = 100

/** How a worker works. */
export interface WorkerSettings {
  /** Runs served side by side: 1 to 100. */
  readonly concurrency: number
  /** How often `run` looks for due runs whose ring was lost, and for those that are behind by as long and need help. */
  readonly sweepEveryMs: DurationMs
  /** How long `run` waits for calls under way when it is stopped. */
  readonly stopWithinMs: DurationMs
}

/** How far {@link Worker.drain} goes. */
export interface DrainOptions extends CallOptions {
  /** Also waits for what is due later, up to this instant; without it a run that has not begun is not waited for. */
  readonly until?: Instant
}

/** What a {@link Worker.tick} came to. */
export interface TickOutcome {
  /** Runs that were served. */
  readonly served: number
  /** When something is due next; null when nothing is. */
  readonly nextDueAt: Instant | null
}

/**
 * Does the work of campaigns that were launched: prepares, sends, retries, ends; and passes events on to sinks, each
 * beside all else. Any number may work at once.
 */
export interface Worker {
  readonly id: WorkerId
  /**
   * Works until the signal aborts, then finishes or gives back what it holds; without a signal as long as the process
   * lives. Calls that have not returned after `stopWithinMs` are not waited for: their attempts stay on record and are in
   * doubt when their lease has ended, unless the process lives on and settles them.
   *
   * @throws WORKER_RUNNING when this worker runs already; what the queue threw when it fails
   */
  run(options?: CallOptions): Promise<void>
  /**
   * Works until nothing is left of the runs that have begun, waiting for paces and retries by the kit's clock, but for
   * no campaign that is paused. Then passes on to each sink what it has not heard, without waiting for one that fails.
   *
   * @throws what the storage threw
   */
  drain(options?: DrainOptions): Promise<void>
  /**
   * Serves what is due now, each run once, passes on to each sink what it has not heard, and returns: for cron jobs and
   * serverless hosts.
   *
   * @throws what the storage threw
   */
  tick(options?: CallOptions & { readonly maxRuns?: number }): Promise<TickOutcome>
}

/** Makes a worker over everything that the kit knows, for all tenants. */
export function createWorker(context: EngineContext, settings: WorkerSettings): Worker {
  const id = context.ids.next('worker') as WorkerId
  const senders = createSenders(context)
  const rests = createRests()
  const helping = createHelping({
    clock: context.clock,
    concurrency: settings.concurrency,
    behindMs: settings.sweepEveryMs,
    help,
  })
  let running = false

  async function serve(job: Job, signal: AbortSignal | undefined): Promise<Instant | null> {
    const scope = workerScope(job.tenant, id)
    try {
      await context.storage.dueIndex.noteTurn(scope, job.runId)
      return await serveRun(context, scope, job.runId, {
        worker: id,
        senders,
        patienceMs: Number.POSITIVE_INFINITY,
        signal,
      })
    } catch (cause) {
      throw report('A run could not be served', cause, job)
    }
  }

  async function help(run: DueRun, signal: AbortSignal): Promise<Help> {
    try {
      const server = { worker: id, senders, patienceMs: HELPS_WITHIN_MS, signal }
      return await helpRun(context, workerScope(run.tenant, id), run.runId, server)
    } catch (cause) {
      // the worker that answers for the run was faster, or a person
      if (isCampaignKitError(cause, 'VERSION_CONFLICT')) return 'notNow'
      report('A run could not be helped with', cause, run)
      return 'noUse'
    }
  }

  function report(what: string, cause: unknown, job: Job | null): CampaignKitError {
    const error = isCampaignKitError(cause)
      ? cause
      : new CampaignKitError('STORAGE_FAILED', what, { cause, retry: 'later' })
    const scope = job === null ? null : workerScope(job.tenant, id)
    const runId = job?.runId ?? null
    context.logger.error(what, { runId, code: error.code })
    context.observer.emit('worker.failed', { scope, runId, error })
    return error
  }

  async function serveDue(run: DueRun, signal: AbortSignal | undefined): Promise<void> {
    const until = await serve(run, signal)
    const scope = workerScope(run.tenant, id)
    const dueAt = until === null ? null : await context.storage.deliveries.nextDue(scope, run.runId)
    rests.note(dueAt === null ? run : { ...run, dueAt }, until)
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = context.clock.now()
      try {
        const due = await context.storage.dueIndex.due({ limit: SWEEP_LIMIT, now })
        for (const { tenant, runId, dueAt, priority } of due) {
          if (dueAt > now + settings.sweepEveryMs) break
          await context.queue.ring(workerScope(tenant, id), runId, Math.max(dueAt, now), priority)
        }
        helping.offer(due, signal)
      } catch (cause) {
        report('A sweep failed', cause, null)
      }
      await sleepUnlessStopped(context, now + settings.sweepEveryMs, signal)
    }
  }

  async function listen(signal: AbortSignal): Promise<void> {
    await context.queue.listen(
      (job) =>
        helping.answer(job, async () => {
          const next = await serve(job, signal)
          if (next !== null)
            await context.queue.ring(workerScope(job.tenant, id), job.runId, next, job.priority)
        }),
      { signal, concurrency: settings.concurrency },
    )
  }

  async function passOnAll(signal: AbortSignal | undefined): Promise<void> {
    const passed = await Promise.allSettled(
      context.sinks.map((sink) => passOnEvents(context, sink, { worker: id, signal })),
    )
    for (const each of passed) if (each.status === 'rejected') throw each.reason
  }

  async function passOnSteadily(sink: NamedSink, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let restsUntil: Instant | null = null
      try {
        restsUntil = await passOnEvents(context, sink, { worker: id, signal })
      } catch (cause) {
        report('Events could not be passed on', cause, null)
      }
      const next = context.clock.now() + settings.sweepEveryMs
      await sleepUnlessStopped(context, restsUntil === null ? next : Math.min(next, restsUntil), signal)
    }
  }

  /** Listens, sweeps and helps until told to stop, or until one of the first two fails. */
  async function work(stop: AbortController): Promise<void> {
    const halt = () => stop.abort()
    const ended = await Promise.allSettled([
      listen(stop.signal).finally(halt),
      sweep(stop.signal).finally(halt),
      ...context.sinks.map((sink) => passOnSteadily(sink, stop.signal)),
    ])
    await helping.finish()
    await senders.finishAll()
    for (const part of ended) if (part.status === 'rejected') throw part.reason
  }

  return {
    id,
    async run({ signal } = {}) {
      if (running) throw new CampaignKitError('WORKER_RUNNING', 'This worker runs already')
      running = true
      const stop = new AbortController()
      const halt = () => stop.abort()
      signal?.addEventListener('abort', halt)
      if (signal?.aborted === true) halt()
      const worked = work(stop).finally(() => {
        signal?.removeEventListener('abort', halt)
        running = false
      })
      await stopInTime(context, worked, stop.signal, settings.stopWithinMs)
    },
    async drain({ signal, until } = {}) {
      try {
        await serveDueRuns(context, {
          serve: serveDue,
          rests,
          concurrency: settings.concurrency,
          signal,
          until,
        })
      } finally {
        await senders.finishAll()
      }
      await passOnAll(signal)
      if (until !== undefined) await sleepUnlessStopped(context, until, signal)
    },
    async tick({ signal, maxRuns = SWEEP_LIMIT } = {}) {
      const now = context.clock.now()
      const due = await context.storage.dueIndex.due({ limit: SWEEP_LIMIT, now })
      const waiting = due.filter((run) => rests.wakeOf(run) <= now).slice(0, maxRuns)
      const served = waiting.length
      const lanes = Array.from({ length: settings.concurrency }, async () => {
        for (
          let run = waiting.shift();
          run !== undefined && signal?.aborted !== true;
          run = waiting.shift()
        ) {
          await serveDue(run, signal)
        }
      })
      const ended = await Promise.allSettled(lanes)
      await senders.finishAll()
      for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
      await passOnAll(signal)
      const left = await context.storage.dueIndex.due({ limit: SWEEP_LIMIT, now: context.clock.now() })
      const wakes = left.map(rests.wakeOf)
      const nextDueAt = wakes.length === 0 ? null : Math.max(Math.min(...wakes), context.clock.now())
      return { served, nextDueAt }
    },
  }
}
