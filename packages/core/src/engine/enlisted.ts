import { CampaignKitError } from '../base/error.js'
import type { JobQueue } from '../ports/job-queue.js'
import type { Observer } from '../ports/observer.js'
import type { EngineContext } from './context.js'

/** Something to be done once the transaction is committed. */
type Effect = () => void | Promise<void>

/**
 * A context whose storage is part of a transaction of the host. Listeners and the queue hear of what was done when it is
 * committed, in order; of what was taken back they hear nothing. Nor do sinks, which hear of what stands.
 *
 * @returns `settled`: whether the transaction was committed, once all have heard of it
 * @throws TRANSACTIONS_NOT_SUPPORTED, INVALID_INPUT with path `transaction`
 */
export function enlisted(
  context: EngineContext,
  transaction: unknown,
): { readonly context: EngineContext; readonly settled: Promise<boolean> } {
  const { enlist } = context.storage
  if (enlist === null) {
    throw new CampaignKitError(
      'TRANSACTIONS_NOT_SUPPORTED',
      'The storage cannot join a transaction of the host',
    )
  }
  const { storage, committed } = enlist(transaction)
  const effects: Effect[] = []
  const later = (effect: Effect) => void effects.push(effect)
  const joined: EngineContext = {
    ...context,
    storage,
    observer: observerLater(context.observer, later),
    queue: queueLater(context.queue, later),
  }
  const settled = committed.then(async (stands) => {
    if (stands) await doAll(context, effects)
    return stands
  })
  // a host that asks no more is not told by its process ending
  settled.catch((thrown: unknown) => {
    context.logger.error('nobody knows whether a transaction was committed', { error: nameOf(thrown) })
  })
  return { context: joined, settled }
}

function observerLater(observer: Observer, later: (effect: Effect) => void): Observer {
  return { emit: (name, event) => later(() => observer.emit(name, event)) }
}

/** A ring that is lost with the process comes again with the sweep. */
function queueLater(queue: JobQueue, later: (effect: Effect) => void): JobQueue {
  return {
    ring: async (...rung) => later(() => queue.ring(...rung)),
    listen: (handler, options) => queue.listen(handler, options),
  }
}

async function doAll({ logger }: EngineContext, effects: readonly Effect[]): Promise<void> {
  for (const effect of effects) {
    try {
      await effect()
    } catch (thrown) {
      logger.error('what a committed transaction was to tell was not heard', { error: nameOf(thrown) })
    }
  }
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : 'unknown'
}
