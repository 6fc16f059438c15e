import type { ChannelKind, Delivery, Instant } from '@campaignkit/core/adapter'
import { DueQueue } from './due-queue.js'

/** What a worker can claim: deliveries to be sent, and those whose attempt did not come back. */
export type QueueKind = 'unsent' | 'doubtful'

function kindOf({ status }: Delivery): QueueKind | null {
  if (status === 'queued' || status === 'claimed') return 'unsent'
  return status === 'attempting' || status === 'inDoubt' ? 'doubtful' : null
}

const NEVER = Number.POSITIVE_INFINITY

function earliest(queues: ReadonlyMap<ChannelKind, DueQueue>, channel: ChannelKind | undefined): number {
  if (channel !== undefined) return queues.get(channel)?.nextAt() ?? NEVER
  let next = NEVER
  for (const queue of queues.values()) next = Math.min(next, queue.nextAt() ?? NEVER)
  return next
}

/** The queues of one run, by kind and channel. */
export class RunQueues {
  readonly #isCurrent: (delivery: Delivery) => boolean
  readonly #queues = {
    unsent: new Map<ChannelKind, DueQueue>(),
    doubtful: new Map<ChannelKind, DueQueue>(),
  }

  constructor(isCurrent: (delivery: Delivery) => boolean) {
    this.#isCurrent = isCurrent
  }

  add(delivery: Delivery): void {
    const kind = kindOf(delivery)
    if (kind !== null) this.of(kind, delivery.channel).add(delivery)
  }

  leave(delivery: Delivery): void {
    const kind = kindOf(delivery)
    if (kind !== null) this.of(kind, delivery.channel).leave(delivery)
  }

  of(kind: QueueKind, channel: ChannelKind): DueQueue {
    const known = this.#queues[kind].get(channel) ?? new DueQueue(this.#isCurrent)
    this.#queues[kind].set(channel, known)
    return known
  }

  all(kind: QueueKind): Iterable<DueQueue> {
    return this.#queues[kind].values()
  }

  /** When a claim could give something, on one channel or any; null when all is settled. */
  nextAt(channel?: ChannelKind): Instant | null {
    const { unsent, doubtful } = this.#queues
    const next = Math.min(earliest(unsent, channel), earliest(doubtful, channel))
    return next === NEVER ? null : next
  }
}
