import type { Instant, Job } from '@campaignkit/core/adapter'
import { PriorityQueue } from './priority-queue.js'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

interface Ring {
  readonly job: Job
  readonly at: Instant
  /** Counts the rings, so that of two at one instant the first comes first. */
  readonly turn: number
}

function earliestFirst(left: Ring, right: Ring): number {
  return left.at - right.at || left.turn - right.turn
}

function keyOf({ tenant, runId }: Job): string {
  return JSON.stringify([tenant, runId])
}

/** Rings that are to come, one a run, and the runs whose handler is under way. */
export class Rings {
  readonly #waiting = new Map<string, Ring>()
  readonly #running = new Set<string>()
  readonly #failures = new Map<string, number>()
  /** Rings whose instant has not come when it was last looked at, the earliest first. */
  readonly #order = new PriorityQueue<Ring>(earliestFirst)
  /** Those whose instant has come, the most urgent first. */
  readonly #due = new PriorityQueue<Ring>(
    (left, right) => right.job.priority - left.job.priority || earliestFirst(left, right),
  )
  #turns = 0

  /** Rings for a run; of two rings the earlier instant stays, and the later priority. */
  add(job: Job, at: Instant): void {
    const key = keyOf(job)
    const known = this.#waiting.get(key)
    const isEarlier = known === undefined || at < known.at
    if (!isEarlier && known.job.priority === job.priority) return
    if (isEarlier) this.#turns += 1
    const ring = {
      job: Object.freeze({ ...job }),
      at: isEarlier ? at : known.at,
      turn: isEarlier ? this.#turns : known.turn,
    }
    this.#waiting.set(key, ring)
    if (!this.#running.has(key)) this.#order.push(ring)
  }

  /** When the next ring comes of a run that is not under way; null when there is none. */
  nextAt(): Instant | null {
    return (this.#next(this.#due) ?? this.#next(this.#order))?.at ?? null
  }

  /** The next job whose instant has come, which is under way from now on. */
  take(now: Instant): Job | null {
    for (let next = this.#next(this.#order); next !== undefined && next.at <= now; ) {
      this.#order.pop()
      this.#due.push(next)
      next = this.#next(this.#order)
    }
    const ring = this.#next(this.#due)
    if (ring === undefined) return null
    const key = keyOf(ring.job)
    this.#due.pop()
    this.#waiting.delete(key)
    this.#running.add(key)
    return ring.job
  }

  done(job: Job): void {
    this.#failures.delete(keyOf(job))
    this.#end(job)
  }

  /** The handler threw: rings again after 1 s, twice as long each time, at most 60 s. */
  failed(job: Job, now: Instant): void {
    const failures = this.#failures.get(keyOf(job)) ?? 0
    this.#failures.set(keyOf(job), failures + 1)
    this.add(job, now + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures))
    this.#end(job)
  }

  #end(job: Job): void {
    const key = keyOf(job)
    this.#running.delete(key)
    const kept = this.#waiting.get(key)
    if (kept !== undefined) this.#order.push(kept)
  }

  #next(rings: PriorityQueue<Ring>): Ring | undefined {
    for (let next = rings.peek(); next !== undefined; next = rings.peek()) {
      if (this.#waiting.get(keyOf(next.job)) === next) return next
      rings.pop()
    }
    return undefined
  }
}
