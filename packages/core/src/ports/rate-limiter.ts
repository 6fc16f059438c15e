import type { Instant } from '../base/time.js'
import type { Pace } from '../model/pace.js'
import type { Scope } from '../model/scope.js'

/** A limit that several workers share, by its key. */
export interface RateLimit {
  /** Such as `campaign:c1:email`. */
  readonly key: string
  readonly pace: Pace
  /** Whether the key is one for all tenants (a provider account) or each tenant's own. */
  readonly sharedByTenants: boolean
}

/**
 * Leave to send `count` messages, or with a count of 0 none before `firstAt`: the i-th (from 0) at `firstAt + i * intervalMs` or up to `slackMs` later. One that
 * comes later than that must ask again. Kept so, no window of any of the limits ever holds more than its limit. The first
 * slots may have passed a little when they are given: they can be used at once.
 */
export interface Permit {
  readonly firstAt: Instant
  readonly intervalMs: number
  readonly count: number
  readonly slackMs: number
}

/** Reserves sends under limits that hold across all workers. */
export interface RateLimiter {
  /**
   * Reserves up to `count` sends under all limits at once, for a time from `notBefore` on.
   *
   * @param request - `notBefore` is the caller's present; slots that nobody asked for lie behind it by half of the smallest slack
   *   at most. `count` is 1 to 1,000, and the permit may be for fewer: sends whose slot would lie later than
   *   `notBefore + horizonMs` are left out. When that leaves none, nothing is reserved and `firstAt` says when the
   *   first slot would be
   */
  reserve(
    scope: Scope,
    request: {
      readonly limits: readonly RateLimit[]
      readonly count: number
      readonly notBefore: Instant
      readonly horizonMs: number
    },
  ): Promise<Permit>
  /** Gives no slot of the limit before the instant: the provider said to slow down. Never brings it forward. */
  postpone(scope: Scope, limit: RateLimit, until: Instant): Promise<void>
}
