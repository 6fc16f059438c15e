import { byCodePoints, type Delivery, type Instant } from '@campaignkit/core/adapter'
import { PriorityQueue } from './priority-queue.js'

const SPARE = 1_024

/** In which order deliveries are given out. */
export function byTurn(left: Delivery, right: Delivery): number {
  return left.dueAt - right.dueAt || left.rank - right.rank || byCodePoints(left.id, right.id)
}

/** When a leased delivery can be had again. */
function freeAt({ lease, dueAt, status }: Delivery): Instant {
  const until = lease?.until ?? dueAt
  return status === 'inDoubt' ? Math.max(until, dueAt) : until
}

/**
 * Deliveries that wait for a worker: those that nobody holds by their turn, the leased by the end of their lease. A
 * side may hold versions that are history; they are dropped when they come up, or when they are the most of it.
 */
export class DueQueue {
  readonly #isCurrent: (delivery: Delivery) => boolean
  readonly #free = new PriorityQueue<Delivery>(byTurn)
  readonly #leased = new PriorityQueue<Delivery>((left, right) => freeAt(left) - freeAt(right))
  readonly #current = { free: 0, leased: 0 }

  constructor(isCurrent: (delivery: Delivery) => boolean) {
    this.#isCurrent = isCurrent
  }

  add(delivery: Delivery): void {
    const side = delivery.lease === null ? 'free' : 'leased'
    this.#current[side] += 1
    this.#queue(side).push(delivery)
  }

  /** Tells that a version which was added is history. */
  leave(delivery: Delivery): void {
    const side = delivery.lease === null ? 'free' : 'leased'
    const queue = this.#queue(side)
    this.#current[side] -= 1
    if (queue.size > SPARE + 2 * this.#current[side]) queue.retain(this.#isCurrent)
  }

  /**
   * Up to `limit` deliveries in their turn: the free that are due, and the leased whose lease has ended. They are taken
   * out; the caller changes each of them.
   */
  take(request: {
    readonly dueBy: Instant
    readonly freeBy: Instant
    readonly limit: number
  }): readonly Delivery[] {
    const ended = this.#takeEnded(request.freeBy)
    const taken: Delivery[] = []
    let late = 0
    while (taken.length < request.limit) {
      const next = this.#takeFree(request.dueBy, ended[late]) ?? ended[late++]
      if (next === undefined) break
      taken.push(next)
    }
    for (const left of ended.slice(late)) this.#leased.push(left)
    return taken
  }

  /** When {@link take} could give something; null when nothing waits. */
  nextAt(): Instant | null {
    const free = this.#peek(this.#free)?.dueAt ?? Number.POSITIVE_INFINITY
    const leased = this.#peek(this.#leased)
    const next = Math.min(free, leased === undefined ? Number.POSITIVE_INFINITY : freeAt(leased))
    return next === Number.POSITIVE_INFINITY ? null : next
  }

  /** The next free one that is due, when its turn comes before that of the other. */
  #takeFree(dueBy: Instant, other: Delivery | undefined): Delivery | undefined {
    const free = this.#peek(this.#free)
    if (free === undefined || free.dueAt > dueBy) return undefined
    return other === undefined || byTurn(free, other) < 0 ? this.#free.pop() : undefined
  }

  #takeEnded(by: Instant): readonly Delivery[] {
    const ended: Delivery[] = []
    for (let next = this.#peek(this.#leased); next !== undefined; next = this.#peek(this.#leased)) {
      if (freeAt(next) > by) break
      this.#leased.pop()
      ended.push(next)
    }
    return ended.sort(byTurn)
  }

  #peek(queue: PriorityQueue<Delivery>): Delivery | undefined {
    for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
      if (this.#isCurrent(next)) return next
      queue.pop()
    }
    return undefined
  }

  #queue(side: 'free' | 'leased'): PriorityQueue<Delivery> {
    return side === 'free' ? this.#free : this.#leased
  }
}
