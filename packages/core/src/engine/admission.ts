import type { DurationMs } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { RateLimit } from '../ports/rate-limiter.js'
import { spacingMsOf } from '../throttling/spacing.js'
import type { EngineContext } from './context.js'

/**
 * Lets a call through that nobody waits for: up to `pace.limit` at once, and then one whenever its share of
 * `pace.periodMs` has gone by. Holds across all processes that share a rate limiter.
 *
 * @returns 0 when it is let through, else after how many milliseconds the next one is
 */
export async function admit(
  { clock, limiter }: EngineContext,
  scope: Scope,
  limit: RateLimit,
): Promise<DurationMs> {
  const now = clock.now()
  const horizonMs = Math.ceil(spacingMsOf(limit.pace) * (limit.pace.limit - 1))
  const permit = await limiter.reserve(scope, { limits: [limit], count: 1, notBefore: now, horizonMs })
  return permit.count > 0 ? 0 : Math.max(1, permit.firstAt - horizonMs - now)
}
