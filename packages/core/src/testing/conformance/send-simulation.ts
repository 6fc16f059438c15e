import type { DurationMs, Instant } from '../../base/time.js'
import type { Pace } from '../../model/pace.js'
import type { Scope } from '../../model/scope.js'
import type { Permit, RateLimit, RateLimiter } from '../../ports/rate-limiter.js'
import { expectThat } from './expectations.js'

/** How late the at-th send of all is, as a share of the permitted slack: 0 to 1. */
export type Lateness = (at: number) => number

interface Claimer {
  readonly limits: readonly RateLimit[]
  readonly count: number
}

/** One send of a simulation. */
export interface SimulatedSend {
  readonly limits: readonly RateLimit[]
  /** The instant that the permit gave. */
  readonly slot: number
  /** The instant at which it really left. */
  readonly at: number
}

const HORIZON_MS = 10_000
/** Sums of fractional intervals are exact to far less than this. */
const ROUNDING_MS = 1e-3

/** The instants that a permit gives. */
export function slotsOf({ firstAt, intervalMs, count }: Permit): number[] {
  return Array.from({ length: count }, (_, at) => firstAt + at * intervalMs)
}

/**
 * Claimers who always want more: each reserves, sends on its slots (or later, within the slack), and reserves again
 * with its last slot. Virtual time, no clock.
 */
export async function simulateSends(setting: {
  readonly limiter: RateLimiter
  readonly scope: Scope
  readonly claimers: readonly Claimer[]
  readonly lateness: Lateness
  readonly from: Instant
  readonly spanMs: DurationMs
}): Promise<readonly SimulatedSend[]> {
  const { limiter, scope, lateness, from, spanMs } = setting
  const claimers = setting.claimers.map((claimer) => ({ ...claimer, wakesAt: from }))
  const sends: SimulatedSend[] = []
  for (;;) {
    const next = claimers.reduce((early, other) => (other.wakesAt < early.wakesAt ? other : early))
    if (next.wakesAt >= from + spanMs) return sends
    const { limits, count, wakesAt: notBefore } = next
    const permit = await limiter.reserve(scope, { limits, count, notBefore, horizonMs: HORIZON_MS })
    for (const slot of slotsOf(permit)) {
      const late = permit.slackMs * lateness(sends.length)
      sends.push({ limits, slot, at: slot + late })
    }
    const last = slotsOf(permit).at(-1) ?? permit.firstAt - HORIZON_MS
    next.wakesAt = Math.max(notBefore + 1, Math.ceil(last))
  }
}

/** No window `[t, t + period)` may hold more instants than the limit. */
export function expectWithin(instants: readonly number[], pace: Pace, what: string): void {
  const sorted = instants.toSorted((left, right) => left - right)
  for (const [at, last] of sorted.slice(pace.limit).entries()) {
    const spanMs = last - Number(sorted[at])
    const holds = spanMs >= pace.periodMs - ROUNDING_MS
    expectThat(
      holds,
      `${what}: at most ${pace.limit} in ${pace.periodMs} ms`,
      `${pace.limit + 1} in ${spanMs} ms`,
    )
  }
}
