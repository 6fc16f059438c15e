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

function keyOf({ tenant, runId }: Job): string {
  return JSON.stringify([tenant, runId])
}

/** Rings that are to come, one a run, and the runs whose handler is under way. */
export class Rings {
  readonly #waiting = new Map<string, Ring>()
  readonly #running = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #order = new PriorityQueue<Ring>((left, right) => left.at - right.at || left.turn - right.turn)
  #turns = 0

  /** Rings for a run; of two rings the earlier stays. */
  add(job: Job, at: Instant): void {
    const key = keyOf(job)
    const known = this.#waiting.get(key)
    if (known !== undefined && known.at <= at) return
    this.#turns += 1
    const ring = { job: Object.freeze({ ...job }), at, turn: this.#turns }
    this.#waiting.set(key, ring)
    if (!this.#running.has(key)) this.#order.push(ring)
  }

  /** When the next ring comes of a run that is not under way; null when there is none. */
  nextAt(): Instant | null {
    return this.#next()?.at ?? null
  }

  /** The next job whose instant has come, which is under way from now on. */
  take(now: Instant): Job | null {
    const ring = this.#next()
    if (ring === undefined || ring.at > now) return null
    const key = keyOf(ring.job)
    this.#order.pop()
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

  #next(): Ring | undefined {
    for (let next = this.#order.peek(); next !== undefined; next = this.#order.peek()) {
      if (this.#waiting.get(keyOf(next.job)) === next) return next
      this.#order.pop()
    }
    return undefined
  }
}
