import { CampaignKitError } from '@campaignkit/core'
import type { Clock, Instant } from '@campaignkit/core/adapter'

/** What a process says of its time to the one that keeps it. */
export type TimeReport =
  | { readonly type: 'sleep'; readonly id: number; readonly until: Instant }
  | { readonly type: 'cancel'; readonly id: number }
  /** It has taken in so many wakes and waits for more. */
  | { readonly type: 'quiet'; readonly heard: number }

/** What it is told: that an instant for which it sleeps has come; with id 0 only what time it is. */
export interface Wake {
  readonly type: 'wake'
  readonly id: number
  readonly now: Instant
}

/** A clock that another process keeps. */
export interface DistantClock extends Clock {
  /** Resolves when it has been told what time it is. */
  readonly begun: Promise<void>
  /** Time has moved on. */
  wake(wake: Wake): void
}

/** How a distant clock reaches the process that keeps it. */
export interface DistantClockOptions {
  post(report: TimeReport): void
  /** Resolves when nothing is left to do here but to wait for time to pass. */
  quiet(): Promise<void>
}

/** Makes the clock of a process that lives by the time of another: it sleeps there, and time waits for its work here. */
export function createDistantClock({ post, quiet }: DistantClockOptions): DistantClock {
  const sleepers = new Map<number, () => void>()
  let begin = () => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  let now: Instant = 0
  let slept = 0
  let heard = 0
  return {
    begun,
    now: () => now,
    turn: () => Promise.resolve(),
    sleepUntil(until, { signal } = {}) {
      if (signal?.aborted === true) return Promise.reject(aborted(signal))
      if (until <= now) return Promise.resolve()
      slept += 1
      const id = slept
      return new Promise((resolve, reject) => {
        const cancel = () => {
          sleepers.delete(id)
          post({ type: 'cancel', id })
          reject(aborted(signal))
        }
        sleepers.set(id, () => {
          signal?.removeEventListener('abort', cancel)
          resolve()
        })
        signal?.addEventListener('abort', cancel, { once: true })
        post({ type: 'sleep', id, until })
      })
    },
    wake({ id, now: told }) {
      now = Math.max(now, told)
      begin()
      heard += 1
      const takenIn = heard
      sleepers.get(id)?.()
      sleepers.delete(id)
      void quiet().then(() => post({ type: 'quiet', heard: takenIn }))
    },
  }
}

function aborted(signal: AbortSignal | undefined): CampaignKitError {
  return new CampaignKitError('ABORTED', 'The sleep was aborted', { cause: signal?.reason })
}
