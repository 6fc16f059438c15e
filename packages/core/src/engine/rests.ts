import type { Instant } from '../base/time.js'
import type { DueRun } from '../ports/storage/campaign-store.js'

/**
 * What a worker has learnt of runs that have something due but no slot for it: the storage knows what is due, the
 * limiter when it may go. Without it a worker would claim, and give back, the same deliveries over and over.
 */
export interface Rests {
  /**
   * Remembers until when a run has no use for another turn; null when it has nothing left.
   *
   * @param run - with the instant at which the first of what is left is due
   */
  note(run: DueRun, until: Instant | null): void
  /** When a run is to be served. A rest ends early when something of the run is due earlier than before it. */
  wakeOf(run: DueRun): Instant
}

/** Tells runs of all tenants apart. */
export function keyOfRun({ tenant, runId }: Pick<DueRun, 'tenant' | 'runId'>): string {
  return JSON.stringify([tenant, runId])
}

export function createRests(): Rests {
  const rests = new Map<string, { readonly dueAt: Instant; readonly until: Instant }>()

  return {
    note(run, until) {
      if (until === null || until <= run.dueAt) rests.delete(keyOfRun(run))
      else rests.set(keyOfRun(run), { dueAt: run.dueAt, until })
    },
    wakeOf(run) {
      const rest = rests.get(keyOfRun(run))
      return rest === undefined || run.dueAt < rest.dueAt ? run.dueAt : Math.max(run.dueAt, rest.until)
    },
  }
}
