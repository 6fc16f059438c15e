import type { DeliveryId, Storage } from '@campaignkit/core/adapter'
import { createCrashingStorage, createCrashPoint } from '@campaignkit/core/testing'

/** What becomes of a worker between the answer of a provider and the settlement of what was sent. */
export const WORKER_ENDS = ['the worker dies', 'the worker loses its claim'] as const

export type WorkerEnd = (typeof WORKER_ENDS)[number]

/** The storage of a worker that ends. */
export interface EndingStorage {
  readonly storage: Storage
  /** Resolves once it has come to its end. */
  readonly ended: Promise<void>
  /** What it had an attempt of and did not settle in its time. */
  readonly unsettled: ReadonlySet<DeliveryId>
  /** Lets a worker go on that was late. */
  release(): void
}

/** Makes a storage whose worker dies over its nth settlement, or comes to it only when it is released. */
export function endsIn(end: WorkerEnd, nth: number, storage: Storage): EndingStorage {
  const ended = withResolvers()
  const released = withResolvers()
  const unsettled = new Set<DeliveryId>()
  const death = createCrashPoint({ at: Number.POSITIVE_INFINITY, when: 'before' })
  let settled = 0
  const ending: Storage = {
    ...storage,
    deliveries: {
      ...storage.deliveries,
      async openWindow(...call) {
        const opened = await storage.deliveries.openWindow(...call)
        for (const deliveryId of opened) unsettled.add(deliveryId)
        return opened
      },
      async settle(...call) {
        const [, settlements] = call
        if (settlements.some(({ status }) => status === 'sent')) settled += 1
        if (settled >= nth) {
          ended.resolve()
          if (end === 'the worker dies') death.kill()
          else await released.promise
        } else for (const { deliveryId } of settlements) unsettled.delete(deliveryId)
        return storage.deliveries.settle(...call)
      },
    },
  }
  return {
    storage: end === 'the worker dies' ? createCrashingStorage(ending, death) : ending,
    ended: ended.promise,
    unsettled,
    release: released.resolve,
  }
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
