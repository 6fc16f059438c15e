import { createManualClock, type ManualClock } from '@campaignkit/core/testing'
import { createTraffic, type Traffic } from './traffic.js'

/** Another process that lives by the same clock. */
export interface Follower {
  /** Resolves when it does nothing but wait for time to pass. */
  quiet(): Promise<void>
}

/** A clock that jumps from one message to the next, and the traffic for which it waits. */
export interface NetworkTime extends Traffic {
  readonly clock: ManualClock
  /** Has time stand still while another process is at work, too. */
  join(follower: Follower): void
}

/**
 * Joins jumping time to a real network. A message takes real milliseconds; were the clock to jump meanwhile, a worker
 * that talks to a server would look like one that died hours ago.
 */
export function createNetworkTime(startsAt: number): NetworkTime {
  const traffic = createTraffic()
  const followers: Follower[] = []
  const clock = createManualClock({
    startsAt,
    auto: true,
    async yieldTurn() {
      do {
        await traffic.quiet()
        await Promise.all(followers.map((follower) => follower.quiet()))
      } while (traffic.isUnderWay())
    },
  })
  return { ...traffic, clock, join: (follower) => void followers.push(follower) }
}
