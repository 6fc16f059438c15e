import type { Channel } from '@campaignkit/core'
import type { Storage } from '@campaignkit/core/adapter'
import { createManualClock, type ManualClock } from '@campaignkit/core/testing'

/** A clock that jumps from one message to the next, and the channels for which it waits. */
export interface NetworkTime {
  readonly clock: ManualClock
  /** The channel, but that time stands still while one of its messages is on the wire. */
  waitingFor(channel: Channel): Channel
  /** The storage, but that time stands still while the database has not answered. */
  waitingForStorage(storage: Storage): Storage
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
  const waitFor = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    underWay.add(answer)
    const arrived = () => underWay.delete(answer)
    answer.then(arrived, arrived)
    return answer
  }
  return {
    clock,
    waitingFor: (channel) => ({ ...channel, send: (...call) => waitFor(channel.send(...call)) }),
    waitingForStorage: (storage) => ({
      ...storage,
      ...Object.fromEntries(STORES.map((name) => [name, waitingForEach(storage[name], waitFor)])),
      rateLimiter: (kept) => waitingForEach(storage.rateLimiter(kept), waitFor),
    }),
  }
}

const STORES = [
  'customers',
  'consents',
  'segments',
  'campaigns',
  'audience',
  'deliveries',
  'events',
  'coupons',
  'journal',
  'dueIndex',
  'eventFeed',
] as const

type WaitFor = <Answer>(answer: Promise<Answer>) => Promise<Answer>

/** The same methods, each of which time waits for. */
function waitingForEach<Methods extends object>(methods: Methods, waitFor: WaitFor): Methods {
  const waiting = Object.entries(methods).map(([name, member]) => [
    name,
    typeof member === 'function' ? (...call: unknown[]) => waitFor(member(...call)) : member,
  ])
  return Object.fromEntries(waiting) as Methods
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
