import { type DurationMs, type Instant, MINUTE_MS } from '../base/time.js'
import type { Clock } from '../ports/clock.js'
import type { Job } from '../ports/job-queue.js'
import type { DueRun } from '../ports/storage/campaign-store.js'
import { keyOfRun } from './rests.js'

/** How long nobody helps with a run that had no use for it: its pace is what bounds it, or it is nearly done. */
const NO_USE_MS = MINUTE_MS

/** What came of a turn: another one is of use at once, perhaps at the next look, or not for a while. */
export type Help = 'more' | 'notNow' | 'noUse'

/** What helping needs. */
export interface HelpingOptions {
  readonly clock: Pick<Clock, 'now'>
  /** Runs at most that are answered and helped with at once. */
  readonly concurrency: number
  /** How long the first of what is left of a run must have been due. */
  readonly behindMs: DurationMs
  /** Serves a run for a turn. Must not throw. */
  readonly help: (run: DueRun, signal: AbortSignal) => Promise<Help>
}

/**
 * A doorbell gives each run to one worker at a time. A worker that has room helps with those that are behind, beside whoever
 * answers their rings: so a large campaign is sent by all, and one that its pace bounds by one.
 */
export interface Helping {
  /** Answers the ring of a run. Help with it that is under way ends first, so that a worker serves no run twice at once. */
  answer(job: Job, serve: () => Promise<void>): Promise<void>
  /** Begins to help with as many of these as there is room for, until they need it no more or the signal aborts. */
  offer(due: readonly DueRun[], signal: AbortSignal): void
  /** Resolves when no help is under way. */
  finish(): Promise<void>
}

export function createHelping({ clock, concurrency, behindMs, help }: HelpingOptions): Helping {
  const answered = new Set<string>()
  const helped = new Map<string, Promise<void>>()
  const noUse = new Map<string, Instant>()

  async function helpWith(run: DueRun, key: string, signal: AbortSignal): Promise<void> {
    let outcome: Help = 'more'
    while (outcome === 'more' && !signal.aborted && !answered.has(key)) outcome = await help(run, signal)
    if (outcome === 'noUse') noUse.set(key, clock.now() + NO_USE_MS)
    helped.delete(key)
  }

  function isBehind(run: DueRun, key: string, now: Instant): boolean {
    return now - run.dueAt >= behindMs && !answered.has(key) && !helped.has(key) && !noUse.has(key)
  }

  return {
    async answer(job, serve) {
      const key = keyOfRun(job)
      answered.add(key)
      try {
        await helped.get(key)
        await serve()
      } finally {
        answered.delete(key)
      }
    },
    offer(due, signal) {
      const now = clock.now()
      for (const [key, until] of noUse) if (until <= now) noUse.delete(key)
      for (const run of due) {
        if (answered.size + helped.size >= concurrency) return
        const key = keyOfRun(run)
        if (isBehind(run, key, now)) helped.set(key, helpWith(run, key, signal))
      }
    },
    async finish() {
      await Promise.all(helped.values())
    },
  }
}
