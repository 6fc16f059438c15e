import type { Channel } from '../ports/channel.js'
import type { CustomerDirectory } from '../ports/customer-directory.js'
import type { DatabasePlanner } from '../ports/storage/database-planner.js'
import type { Storage } from '../ports/storage/storage.js'
import { overridden } from './overridden.js'

/** What every call of a dead process throws. No part of the kit may take it for an answer. */
export class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash'
}

const DEAD = 'The process is dead'

/** Counts the calls of one process and kills it at one of them. */
export interface CrashPoint {
  /** Calls so far, the deadly one included. */
  readonly calls: number
  readonly crashed: boolean
  /** Makes a call, or throws {@link SimulatedCrash}. */
  through<Result>(call: () => Promise<Result>): Promise<Result>
  /** Kills it now, wherever it is. @throws {@link SimulatedCrash} */
  kill(): never
}

/**
 * Makes the instant at which a process dies. Wrap its storage and its channels with the same one.
 *
 * @param options.at - the call at which it dies, from 1; it and every later one throw {@link SimulatedCrash}, and
 *   those that were under way never come back to their callers; infinity for one that is killed by hand
 * @param options.when - whether the deadly call still has its effect: `before` no, `after` yes
 */
export function createCrashPoint(options: {
  readonly at: number
  readonly when: 'before' | 'after'
}): CrashPoint {
  let calls = 0
  let crashed = false
  const dieIfDead = () => {
    if (crashed) throw new SimulatedCrash(DEAD)
  }
  return {
    get calls() {
      return calls
    },
    get crashed() {
      return crashed
    },
    async through(call) {
      dieIfDead()
      calls += 1
      const isLast = calls === options.at
      crashed ||= isLast && options.when === 'before'
      dieIfDead()
      try {
        return await call()
      } finally {
        crashed ||= isLast
        dieIfDead()
      }
    },
    kill() {
      crashed = true
      throw new SimulatedCrash(DEAD)
    },
  }
}

/** Wraps a storage so that each call of each of its stores, of its queue and its limiter passes the crash point. */
export function createCrashingStorage(storage: Storage, crash: CrashPoint): Storage {
  const customers = counted(storage.customers, crash)
  return overridden(storage, {
    customers,
    databasePlanner: plannerOf(storage, customers, crash),
    consents: counted(storage.consents, crash),
    segments: counted(storage.segments, crash),
    campaigns: counted(storage.campaigns, crash),
    freezing: counted(storage.freezing, crash),
    audience: counted(storage.audience, crash),
    deliveries: counted(storage.deliveries, crash),
    events: counted(storage.events, crash),
    coupons: counted(storage.coupons, crash),
    journal: counted(storage.journal, crash),
    dueIndex: counted(storage.dueIndex, crash),
    eventFeed: counted(storage.eventFeed, crash),
    announcements: storage.announcements && counted(storage.announcements, crash),
    jobQueue: (clock) => counted(storage.jobQueue(clock), crash),
    rateLimiter: (clock) => counted(storage.rateLimiter(clock), crash),
  })
}

/** The planner plans the customers of the wrapped storage, if it plans those of the storage. */
function plannerOf(
  { databasePlanner: planner, customers }: Storage,
  wrapped: CustomerDirectory,
  crash: CrashPoint,
): DatabasePlanner | null {
  if (planner === null) return null
  return counted(
    planner.customers === customers ? overridden(planner, { customers: wrapped }) : planner,
    crash,
  )
}

/** Wraps a channel so that each call of it passes the crash point. */
export function createCrashingChannel(channel: Channel, crash: CrashPoint): Channel {
  return counted(channel, crash)
}

function counted<Port extends object>(port: Port, crash: CrashPoint): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...given: unknown[]) =>
        crash.through(async (): Promise<unknown> => Reflect.apply(member, target, given))
    },
  })
}
