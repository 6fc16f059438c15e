import type { Clock } from '@campaignkit/core/adapter'
import type { TimeReport, Wake } from './distant-clock.js'
import type { Follower } from './network-time.js'

/** How this process keeps the time of another. */
export interface TimeKeeping extends Follower {
  /** Tells the other what time it is: from now on time waits for it. */
  begin(): void
  /** The other has said something of its time. */
  hear(report: TimeReport): void
  /** The other is gone: nobody sleeps there any more. */
  end(): void
}

/** Keeps the time of a process that has a {@link DistantClock}. */
export function createTimeKeeping(clock: Clock, post: (wake: Wake) => void): TimeKeeping {
  const sleepers = new Map<number, AbortController>()
  const waiting: (() => void)[] = []
  let told = 0
  let heard = 0

  const wake = (id: number) => {
    told += 1
    post({ type: 'wake', id, now: clock.now() })
  }
  const sleep = (id: number, until: number) => {
    const alarm = new AbortController()
    sleepers.set(id, alarm)
    clock
      .sleepUntil(until, { signal: alarm.signal })
      .then(() => wake(id))
      .catch(() => undefined)
      .finally(() => sleepers.delete(id))
  }
  const takeIn = (count: number) => {
    heard = Math.max(heard, count)
    if (heard >= told) for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    begin: () => wake(0),
    hear(report) {
      if (report.type === 'sleep') sleep(report.id, report.until)
      else if (report.type === 'cancel') sleepers.get(report.id)?.abort()
      else takeIn(report.heard)
    },
    end() {
      for (const alarm of sleepers.values()) alarm.abort()
      takeIn(Number.POSITIVE_INFINITY)
    },
    quiet: () => (heard >= told ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
