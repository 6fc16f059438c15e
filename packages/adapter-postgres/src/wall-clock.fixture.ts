import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Clock } from '@campaignkit/core/adapter'

/** The time on the wall, for queues that ring by it. */
export const wallClock: Clock = {
  now: () => Date.now(),
  turn: () => setImmediate(),
  sleepUntil: (instant, { signal } = {}) =>
    setTimeout(Math.max(0, instant - Date.now()), undefined, signal === undefined ? {} : { signal }),
}
