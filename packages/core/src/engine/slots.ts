import type { DurationMs, Instant } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { Permit } from '../ports/rate-limiter.js'
import { slackMsOf } from '../throttling/spacing.js'
import type { EngineContext } from './context.js'
import type { LanePace } from './lane-pace.js'
import { createRenewals } from './slot-renewals.js'

/** For how long slots are reserved ahead, at most: a lane that is stopped has so few in vain. */
const AHEAD_MS = 100
/** How much longer than the last time an answer may take before its slots are past. */
const MARGIN = 1.5
/** Of one reservation. */
const MOST_SLOTS = 1_000

/** A group for which slots are needed. */
export interface SlotNeed {
  readonly count: number
  /** Of each of its messages. */
  readonly weight: number
  /** Messages of this weight that are to be sent now, the group's among them. */
  readonly left: number
}

/**
 * Reserves the slots of one lane, each as much later than it is asked for as the answer lately took: over a slow
 * storage slots of a short period would all be past when they are known, and nothing would ever be sent.
 */
export interface Slots {
  /**
   * Slots for a group that is to be put on record before it is called. Where groups follow each other so fast that their
   * slots would all be taken in a moment, those of several are reserved at once.
   */
  reserve(need: SlotNeed, until: Instant): Promise<Permit>
  /** Slots for calls that can be made at once; those that ask during a reservation share the next. */
  renew(count: number, weight: number): Promise<Permit>
  /** How long it took to put a group on record. */
  noteOpening(tookMs: DurationMs): void
}

/** Slots that are reserved and not yet given out. */
interface Spare {
  readonly permit: Permit
  readonly weight: number
}

export function createSlots(
  { clock, limiter }: Pick<EngineContext, 'clock' | 'limiter'>,
  scope: Scope,
  pace: Omit<LanePace, 'chunkSize' | 'aheadMs' | 'callSize'>,
): Slots {
  const slackMs = Math.min(...pace.limitsFor(1).map((limit) => slackMsOf(limit.pace)))
  const aheadMs = Math.min(AHEAD_MS, Math.floor(slackMs / 2))
  let answerMs = 0
  let openingMs = 0
  let spare: Spare | null = null
  let last: { readonly at: Instant; readonly count: number } | null = null

  async function ask(count: number, weight: number, until: Instant, takesMs: DurationMs): Promise<Permit> {
    const asked = clock.now()
    const laterMs = Math.max(0, Math.ceil(takesMs * MARGIN) - slackMs)
    const notBefore = Math.max(asked, Math.min(asked + laterMs, until))
    const limits = pace.limitsFor(weight)
    const horizonMs = Math.max(0, until - notBefore)
    const permit = await limiter.reserve(scope, { limits, count, notBefore, horizonMs })
    answerMs = clock.now() - asked
    return permit
  }

  const renewals = createRenewals((count, weight) =>
    ask(count, weight, clock.now() + pace.horizonMs, answerMs),
  )

  /** How many are reserved at once: those that will be used within so short a time, by what the last group took. */
  function countAhead({ count, left, weight }: SlotNeed): number {
    if (last === null) return count
    const eachMs = Math.max(pace.spacingMs * weight, (clock.now() - last.at) / last.count)
    const groups = Math.floor(aheadMs / eachMs / pace.groupSize)
    return Math.max(count, Math.min(left, groups * pace.groupSize, MOST_SLOTS))
  }

  /** Up to so many of the slots that are left, unless they are past or of another weight. */
  function takeSpare({ count, weight }: SlotNeed): Permit | null {
    if (spare === null || spare.weight !== weight) return null
    if (clock.now() > spare.permit.firstAt + spare.permit.slackMs) return null
    return keepRest(spare.permit, count, weight)
  }

  function keepRest(permit: Permit, count: number, weight: number): Permit {
    const rest = permit.count - count
    const firstAt = permit.firstAt + count * permit.intervalMs
    spare = rest > 0 ? { permit: { ...permit, firstAt, count: rest }, weight } : null
    return rest > 0 ? { ...permit, count } : permit
  }

  /**
   * Before the first message that is heavier than all before it slots pass unused, since these left no room for it.
   *
   * @returns when there is room; null when there is now
   */
  async function makeRoom(weight: number, until: Instant): Promise<Permit | null> {
    const { heaviest } = pace
    if (heaviest > 0 && weight > heaviest) {
      const room = await ask(1, weight - heaviest, until, 0)
      if (room.count === 0) return room
    }
    pace.meet(weight)
    return null
  }

  return {
    async reserve(need, until) {
      const begun = clock.now()
      const kept = takeSpare(need) ?? (await makeRoom(need.weight, until))
      const permit =
        kept ??
        keepRest(
          await ask(countAhead(need), need.weight, until, answerMs + openingMs),
          need.count,
          need.weight,
        )
      last = { at: begun, count: Math.max(1, permit.count) }
      return permit
    },
    renew: renewals.renew,
    noteOpening(tookMs) {
      openingMs = tookMs
    },
  }
}
