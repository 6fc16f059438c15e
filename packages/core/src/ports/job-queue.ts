import type { RunId, TenantId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Priority } from '../model/priority.js'
import type { Scope } from '../model/scope.js'

/** "This run has something due." A doorbell: a lost, doubled or late one changes when, never what. */
export interface Job {
  readonly tenant: TenantId
  readonly runId: RunId
  /** As it was rung with last. */
  readonly priority: Priority
}

/** Rings for runs that have something due. */
export interface JobQueue {
  /**
   * Rings for a run at an instant. Rings for the same run may be merged into the earliest.
   *
   * @param priority - of rings whose instant has come the higher is answered first, and of one priority the one that
   *   has waited longest
   */
  ring(scope: Scope, runId: RunId, at: Instant, priority: Priority): Promise<void>
  /**
   * Calls the handler for each ring when its instant has come, one ring of a run at a time, until the signal aborts;
   * then resolves after the handlers under way have ended. A handler that throws is rung again later.
   *
   * @param options - when to stop, and how many handlers may be under way at once
   */
  listen(
    handler: (job: Job) => Promise<void>,
    options: { readonly signal: AbortSignal; readonly concurrency: number },
  ): Promise<void>
}
