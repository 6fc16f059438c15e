import type { DurationMs, Job, JobQueue } from '@campaignkit/core/adapter'
import type { BusyRuns } from './busy-runs.js'
import { FIRST_RETRY_MS, LAST_RETRY_MS } from './doorbell-times.js'
import type { GraphileRings } from './graphile-rings.js'

type Handle = Parameters<JobQueue['listen']>[0]

const NEVER = Number.POSITIVE_INFINITY

/** Answers the rings that graphile-worker brings to one listener. */
export interface GraphileHandler {
  /** Handles a job of a run that nobody else handles. @param holder - unlike that of any other job */
  answer(job: Job, holder: string): Promise<void>
  /** Tells that the holders are alive, and rings for the runs of those that are not. */
  beat(): Promise<void>
  /** Resolves when no handler is under way any more. */
  finish(): Promise<void>
}

export function createGraphileHandler(
  handle: Handle,
  { rings, busy }: { readonly rings: GraphileRings; readonly busy: BusyRuns },
): GraphileHandler {
  const underWay = new Map<string, Promise<void>>()
  const failures = new Map<string, number>()

  async function serve(job: Job, holder: string): Promise<void> {
    if (!(await busy.take(job, holder))) return
    const isDone = await handle(job).then(
      () => true,
      () => false,
    )
    const waitMs = isDone ? null : nextWait(job)
    if (isDone) failures.delete(keyOf(job))
    const given = await busy.giveBack(job, holder)
    if (given === null) return
    const retryAt = waitMs === null ? NEVER : given.now + waitMs
    const at = Math.min(given.rangAt ?? NEVER, retryAt)
    if (at < NEVER) await rings.add(job, at)
  }

  /** After 1 s, twice as long each time, at most 60 s. */
  function nextWait(job: Job): DurationMs {
    const times = failures.get(keyOf(job)) ?? 0
    failures.set(keyOf(job), times + 1)
    return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** times)
  }

  return {
    async answer(job, holder) {
      const served = serve(job, holder)
      underWay.set(holder, served)
      await served.finally(() => underWay.delete(holder))
    },
    async beat() {
      if (underWay.size > 0) await busy.renew([...underWay.keys()])
      const orphans = await busy.orphans()
      if (orphans.length > 0) await rings.unlock(orphans)
    },
    async finish() {
      await Promise.allSettled(underWay.values())
    },
  }
}

function keyOf({ tenant, runId }: Job): string {
  return JSON.stringify([tenant, runId])
}
