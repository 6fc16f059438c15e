import type { Channel } from '@campaignkit/core'
import type { Storage } from '@campaignkit/core/adapter'

/** What this process has asked of the network and not been answered yet. */
export interface Traffic {
  /** The channel, with its messages counted as under way until they have arrived. */
  waitingFor(channel: Channel): Channel
  /** The storage, with its calls counted as under way until the database has answered. */
  waitingForStorage(storage: Storage): Storage
  /** Whether anything is under way. */
  isUnderWay(): boolean
  /** Resolves when nothing is under way and what was answered has been taken in. */
  quiet(): Promise<void>
}

/** Watches over the traffic of a process. */
export function createTraffic(): Traffic {
  const underWay = new Set<Promise<unknown>>()
  const waitFor = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    underWay.add(answer)
    const arrived = () => underWay.delete(answer)
    answer.then(arrived, arrived)
    return answer
  }
  return {
    waitingFor: (channel) => ({ ...channel, send: (...call) => waitFor(channel.send(...call)) }),
    waitingForStorage: (storage) => ({
      ...storage,
      ...Object.fromEntries(STORES.map((name) => [name, waitingForEach(storage[name], waitFor)])),
      rateLimiter: (kept) => waitingForEach(storage.rateLimiter(kept), waitFor),
    }),
    isUnderWay: () => underWay.size > 0,
    async quiet() {
      await nextTurn()
      while (underWay.size > 0) {
        await Promise.allSettled(underWay)
        await nextTurn()
      }
    },
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
  'ledger',
  'dueIndex',
  'eventFeed',
] as const

type WaitFor = <Answer>(answer: Promise<Answer>) => Promise<Answer>

/** The same methods, each of which is waited for. */
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
