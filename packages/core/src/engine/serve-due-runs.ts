import type { Instant } from '../base/time.js'
import { workerScope } from '../model/scope.js'
import type { DueRun } from '../ports/storage/campaign-store.js'
import type { EngineContext } from './context.js'
import { keyOfRun, type Rests } from './rests.js'
import { sleepUnlessStopped } from './sleep-unless-stopped.js'

/** Runs that are looked at, at most. */
const LIMIT = 1_000

/** How far, and by whom, due runs are served. */
export interface DueWork {
  readonly serve: (run: DueRun, signal: AbortSignal | undefined) => Promise<void>
  readonly rests: Rests
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
  /** Up to when what is due later is waited for; without it a run that has not begun is not. */
  readonly until: Instant | undefined
}

/**
 * Serves whatever is due, some runs side by side, until nothing is left to wait for. After the first failure nothing
 * more is begun; what is under way is finished.
 *
 * @throws what failed first
 */
export async function serveDueRuns(context: EngineContext, work: DueWork): Promise<void> {
  const { signal, concurrency, rests, until = Number.POSITIVE_INFINITY } = work
  const busy = new Map<string, Promise<void>>()
  const failures: unknown[] = []

  const begin = (run: DueRun) => {
    const served = work
      .serve(run, signal)
      .catch((thrown: unknown) => void failures.push(thrown))
      .then(() => void busy.delete(keyOfRun(run)))
    busy.set(keyOfRun(run), served)
  }

  const isIdle = (run: DueRun) => !busy.has(keyOfRun(run))
  while (signal?.aborted !== true && failures.length === 0) {
    const now = context.clock.now()
    if (now > until) break
    const due = await context.storage.dueIndex.due({ limit: LIMIT, now })
    const ready = due.filter((run) => isIdle(run) && rests.wakeOf(run) <= now)
    ready.slice(0, concurrency - busy.size).forEach(begin)
    const isWorking = busy.size > 0
    const next = busy.size < concurrency ? await nextWake(context, work, due.filter(isIdle), now) : null
    if (busy.size > 0) await firstOf(context, busy.values(), next)
    // what has ended meanwhile may have left something to do: look again
    else if (isWorking) continue
    else if (next === null || !(await sleepUnlessStopped(context, next, signal))) break
  }
  await Promise.all(busy.values())
  if (failures.length > 0) throw failures[0]
}

/** When the next of these runs is to be served; null when none is waited for. */
async function nextWake(
  context: EngineContext,
  { rests, until }: DueWork,
  runs: readonly DueRun[],
  now: Instant,
): Promise<Instant | null> {
  const wakes = runs
    .map((run) => ({ run, at: rests.wakeOf(run) }))
    .filter(({ run, at }) => (until === undefined ? run.scheduledFor <= now : at <= until))
    .sort((left, right) => left.at - right.at)
  for (const { run, at } of wakes) {
    if (until !== undefined || !(await isPaused(context, run))) return at
  }
  return null
}

/** Nobody knows when a paused campaign goes on; its end date is nothing to wait for. */
async function isPaused({ storage }: EngineContext, { tenant, runId }: DueRun): Promise<boolean> {
  const scope = workerScope(tenant, 'drain')
  const run = await storage.campaigns.getRun(scope, runId)
  const campaign = run === null ? null : await storage.campaigns.get(scope, run.campaignId)
  return campaign?.status === 'paused'
}

/** Waits for the first of several ends, or for an instant. */
async function firstOf(
  context: EngineContext,
  ends: Iterable<Promise<void>>,
  instant: Instant | null,
): Promise<void> {
  const alarm = new AbortController()
  const slept = instant === null ? [] : [sleepUnlessStopped(context, instant, alarm.signal)]
  try {
    await Promise.race([...ends, ...slept])
  } finally {
    alarm.abort()
  }
}
