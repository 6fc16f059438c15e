import type { DurationMs, Instant } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { Permit } from '../ports/rate-limiter.js'
import { type AttemptGroup, attemptGroup, type Sending, type Stop } from './attempt-group.js'
import type { ReadyMessage } from './call-channel.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { accountOf, type LanePace, lanePace } from './lane-pace.js'
import { createSettler } from './settler.js'
import { sleepUnlessStopped } from './sleep-unless-stopped.js'
import { createSlotSource } from './slot-source.js'
import { createUsualTime } from './usual-time.js'

/** How long before its slot an attempt is put on record at least, so that a slow storage does not make it late. */
const LEAD_MS = 10
/** Lanes of which a worker remembers how heavy their messages were. */
const MOST_MET = 1_000
/** Senders that a worker keeps from one turn to the next: of more lanes those of which nothing is in flight are let go. */
const MOST_KEPT = 200

/** What was not sent of a chunk. */
export interface Unsent {
  readonly messages: readonly ReadyMessage[]
  /** When there is a slot for them; null when all was sent, or the lane must stop. */
  readonly nextSlotAt: Instant | null
  /** Why the lane must stop. */
  readonly stop: Stop | null
}

/** How far messages are sent. */
export interface SendLimits {
  /** No slot that is later is taken. */
  readonly until: Instant
  /** No slot that lies so far ahead when it is asked for. */
  readonly patienceMs: DurationMs
  /** Aborts when the worker is to stop. */
  readonly signal: AbortSignal | undefined
}

/**
 * Sends the messages of one lane at its pace. At no time are more attempts of the account in flight in this process than
 * its window; a group of them is reserved only when the one before has begun, so that a channel which is slow, or told
 * to slow down, holds no slots that it cannot use.
 */
export interface Sender {
  readonly pace: LanePace
  /** Nothing is sent or in flight, and nothing that failed is still to be told. */
  isIdle(): boolean
  /**
   * Sends messages in order. Resolves when all have begun; those that find no slot within the limits, and those that are
   * left when the lane must stop, are not begun at all.
   *
   * @param endsSoon - called, once or more, when the end is near: the next chunk can be made ready meanwhile
   * @throws what the storage threw, also while earlier messages were sent
   */
  send(messages: readonly ReadyMessage[], limits: SendLimits, endsSoon: () => void): Promise<Unsent>
  /** Resolves when nothing is in flight any more, to why the lane must stop. @throws what the storage threw */
  finish(): Promise<Stop | null>
}

/** Makes the sender of a lane. */
export function createSender(context: EngineContext, scope: Scope, lane: ChannelLane, met = 0): Sender {
  const { window } = lane.channel.capabilities
  const account = accountOf(scope, lane)
  const pace = lanePace(context, scope, lane, met)
  const sending: Sending = {
    lane,
    pace,
    settler: createSettler(context, scope, lane),
    reserve: createSlotSource(context, scope),
    opening: createUsualTime(context.clock),
    stop: null,
  }
  const inFlight = new Set<Promise<void>>()
  let attempts = 0
  let sends = 0
  let freed = (): void => undefined
  const failures: unknown[] = []

  function nextGroup(left: readonly ReadyMessage[], endsSoon: () => void): readonly ReadyMessage[] {
    if (left.length * pace.spacingMs * Math.max(1, pace.heaviest) <= pace.aheadMs) endsSoon()
    const group = left.slice(0, pace.groupSize)
    const other = group.findIndex(({ weight }) => weight !== group[0]?.weight)
    return other < 0 ? group : group.slice(0, other)
  }

  /** A group that had to wait until its slots were past gets new ones, before the next group asks for any. */
  async function renewed(group: AttemptGroup): Promise<AttemptGroup> {
    const now = context.clock.now()
    if (now <= group.permit.firstAt + group.permit.slackMs) return group
    const permit = await reserve(group.messages.length, weightIn(group.messages), now + pace.horizonMs)
    return { ...group, permit }
  }

  async function reserve(count: number, weight: number, until: Instant): Promise<Permit> {
    const horizonMs = Math.max(0, until - context.clock.now())
    return sending.reserve({ limits: pace.limitsFor(weight), count, horizonMs })
  }

  /**
   * Reserves for a group. Before the first message that is heavier than all before it slots pass unused, since these left
   * no room for it.
   */
  async function reserveFor(group: readonly ReadyMessage[], until: Instant): Promise<Permit> {
    const weight = weightIn(group)
    const { heaviest } = pace
    if (heaviest > 0 && weight > heaviest) {
      const room = await reserve(1, weight - heaviest, until)
      if (room.count === 0) return room
    }
    pace.meet(weight)
    return reserve(group.length, weight, until)
  }

  /** Waits for groups of the lane itself here: where several lanes share an account a queue is kept, at a price. */
  async function roomFor(count: number): Promise<void> {
    while (attempts > 0 && attempts + count > window)
      await new Promise<void>((resolve) => {
        freed = resolve
      })
  }

  /** Resolves when the group has begun. */
  async function begin(group: AttemptGroup): Promise<void> {
    const count = group.messages.length
    await roomFor(count)
    attempts += count
    await new Promise<void>((begun) => {
      const ended = context.inFlight
        .run(account, { attempts: count, most: window }, async () => {
          const current = await renewed(group)
          begun()
          return attemptGroup(context, scope, sending, current)
        })
        .catch((thrown: unknown) => failures.push(thrown))
        .then(() => {
          begun()
          inFlight.delete(ended)
          attempts -= count
          freed()
        })
      inFlight.add(ended)
    })
  }

  function stopNow(signal: AbortSignal | undefined): Stop | null {
    return signal?.aborted === true ? { resumeAt: context.clock.now(), misconfigured: null } : sending.stop
  }

  async function sendAll(
    messages: readonly ReadyMessage[],
    { until, patienceMs, signal }: SendLimits,
    endsSoon: () => void,
  ): Promise<Unsent> {
    let left = messages
    while (left.length > 0) {
      if (failures.length > 0) throw failures[0]
      const stop = stopNow(signal)
      if (stop !== null) return { messages: left, nextSlotAt: null, stop }
      const wanted = nextGroup(left, endsSoon)
      const permit = await reserveFor(wanted, Math.min(until, context.clock.now() + patienceMs))
      if (permit.count === 0) return { messages: left, nextSlotAt: permit.firstAt, stop: null }
      await sleepUnlessStopped(context, permit.firstAt - Math.max(LEAD_MS, sending.opening.ms), signal)
      if (stopNow(signal) !== null) continue
      await begin({ messages: wanted.slice(0, permit.count), permit, signal })
      left = left.slice(permit.count)
    }
    return { messages: [], nextSlotAt: null, stop: null }
  }

  return {
    pace,
    isIdle: () => sends === 0 && inFlight.size === 0 && failures.length === 0,
    async send(messages, limits, endsSoon) {
      sends += 1
      try {
        return await sendAll(messages, limits, endsSoon)
      } finally {
        sends -= 1
      }
    },
    async finish() {
      while (inFlight.size > 0) await Promise.all(inFlight)
      if (failures.length > 0) throw failures[0]
      return sending.stop
    },
  }
}

function weightIn(group: readonly ReadyMessage[]): number {
  return group[0]?.weight ?? 1
}

type LaneKey = Pick<ChannelLane, 'run' | 'kind'>

/** The senders of a worker, by lane: calls may stay in flight from one ring of a run to the next. */
export interface Senders {
  of(scope: Scope, lane: ChannelLane): Sender
  /** Waits until nothing of a lane is in flight and forgets its sender. @throws what the storage threw */
  finish(scope: Scope, lane: LaneKey): Promise<Stop | null>
  /** The same for all lanes. */
  finishAll(): Promise<void>
}

export function createSenders(context: EngineContext): Senders {
  const senders = new Map<string, Sender>()
  /** The heaviest messages of lanes whose senders are gone, for the next ones; the oldest go first. */
  const met = new Map<string, number>()
  const keyOf = ({ tenant }: Scope, { run, kind }: LaneKey) => JSON.stringify([tenant, run.id, kind])

  function remember(key: string, heaviest: number): void {
    if (heaviest <= 1) return
    met.set(key, heaviest)
    const oldest = met.size > MOST_MET ? met.keys().next().value : undefined
    if (oldest !== undefined) met.delete(oldest)
  }

  /** The rest of their runs may have been sent by other workers, so that nobody comes back to them. */
  function letGoOfIdle(but: string): void {
    for (const [key, sender] of senders) {
      if (key === but || !sender.isIdle()) continue
      senders.delete(key)
      remember(key, sender.pace.heaviest)
    }
  }

  return {
    of(scope, lane) {
      const key = keyOf(scope, lane)
      const sender = senders.get(key) ?? createSender(context, scope, lane, met.get(key))
      senders.set(key, sender)
      if (senders.size > MOST_KEPT) letGoOfIdle(key)
      return sender
    },
    async finish(scope, lane) {
      const key = keyOf(scope, lane)
      const sender = senders.get(key)
      senders.delete(key)
      remember(key, sender?.pace.heaviest ?? 0)
      return (await sender?.finish()) ?? null
    },
    async finishAll() {
      const left = [...senders.values()]
      senders.clear()
      const ended = await Promise.allSettled(left.map((sender) => sender.finish()))
      for (const sender of ended) if (sender.status === 'rejected') throw sender.reason
    },
  }
}
