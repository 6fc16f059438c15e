import type { Channel } from '@campaignkit/core'
import { createManualClock, type ManualClock } from '@campaignkit/core/testing'

/** A clock that jumps from one message to the next, and the channels for which it waits. */
export interface NetworkTime {
  readonly clock: ManualClock
  /** The channel, but that time stands still while one of its messages is on the wire. */
  waitingFor(channel: Channel): Channel
}

/**
 * Joins jumping time to a real network. A message takes real milliseconds; were the clock to jump meanwhile, a worker
 * that talks to a server would look like one that died hours ago.
 */
export function createNetworkTime(startsAt: number): NetworkTime {
  const underWay = new Set<Promise<unknown>>()
  const clock = createManualClock({
    startsAt,
    auto: true,
    async yieldTurn() {
      await nextTurn()
      while (underWay.size > 0) {
        await Promise.allSettled(underWay)
        await nextTurn()
      }
    },
  })
  return {
    clock,
    waitingFor: (channel) => ({
      ...channel,
      send(...call) {
        const sending = channel.send(...call)
        underWay.add(sending)
        const arrived = () => underWay.delete(sending)
        sending.then(arrived, arrived)
        return sending
      },
    }),
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
