import type { DurationMs } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { Permit, RateLimit } from '../ports/rate-limiter.js'
import { slackMsOf } from '../throttling/spacing.js'
import type { EngineContext } from './context.js'
import { createUsualTime } from './usual-time.js'

/** Slots that are wanted. */
export interface SlotRequest {
  readonly limits: readonly RateLimit[]
  readonly count: number
  /** Slots later than so long from now are left out; 0 or more. */
  readonly horizonMs: DurationMs
}

/**
 * Reserves slots that still lie ahead when the answer comes, however long the limiter takes: where that is longer than
 * the slack, slots that begin with the call have passed when it returns, and so would those that are reserved in their
 * place.
 */
export type SlotSource = (request: SlotRequest) => Promise<Permit>

export function createSlotSource(context: EngineContext, scope: Scope): SlotSource {
  const { clock, limiter } = context
  const usual = createUsualTime(clock)
  /** After slots that came too late: at least so long, twice as long each time. */
  let afterLateMs = 0

  return async ({ limits, count, horizonMs }) => {
    const asked = clock.now()
    // slots may lie behind what is asked for by half of the slack
    const spareMs = Math.min(...limits.map(({ pace }) => slackMsOf(pace))) / 2
    const aheadMs = Math.ceil(Math.min(horizonMs, Math.max(0, Math.max(usual.ms, afterLateMs) - spareMs)))
    const permit = await usual.of(() =>
      limiter.reserve(scope, { limits, count, notBefore: asked + aheadMs, horizonMs: horizonMs - aheadMs }),
    )
    const now = clock.now()
    const isLate = permit.count > 0 && now > permit.firstAt + permit.slackMs
    afterLateMs = isLate ? 2 * Math.max(now - asked, afterLateMs) : 0
    return permit
  }
}
