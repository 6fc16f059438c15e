import type { Scope } from '../../model/scope.js'
import type { RateLimit, RateLimiter } from '../../ports/rate-limiter.js'
import { asId } from '../as-id.js'
import { overridden } from '../overridden.js'
import type { BrokenWrapper } from './broken-wrapper.js'

export type BrokenRateLimiter = BrokenWrapper<RateLimiter>

const NEVER_MS = 3_650 * 86_400_000

const repaced = (limits: readonly RateLimit[], limitOf: (limit: number) => number): RateLimit[] =>
  limits.map((each) => ({ ...each, pace: { ...each.pace, limit: limitOf(each.pace.limit) } }))

/** Rate limiters that are wrong in one way each, for the tests of a loop over the cases. */
export const brokenRateLimiters: readonly BrokenRateLimiter[] = [
  {
    name: 'is off by one',
    caughtBy: 'rateLimiter: no 60000 ms hold more than 10, and nearly as many are used',
    wrap: (limiter) =>
      overridden(limiter, {
        reserve: (scope, { limits, ...rest }) =>
          limiter.reserve(scope, { ...rest, limits: repaced(limits, (limit) => limit + 1) }),
      }),
  },
  {
    name: 'is too careful',
    caughtBy: 'rateLimiter: no 60000 ms hold more than 100, and nearly as many are used',
    wrap: (limiter) =>
      overridden(limiter, {
        reserve: (scope, { limits, ...rest }) =>
          limiter.reserve(scope, { ...rest, limits: repaced(limits, (limit) => Math.ceil(limit * 0.95)) }),
      }),
  },
  {
    name: 'promises more slack than it kept free',
    caughtBy: 'rateLimiter: no 1000 ms hold more than 10, and nearly as many are used',
    wrap: (limiter) =>
      overridden(limiter, {
        reserve: async (scope, request) => {
          const permit = await limiter.reserve(scope, request)
          return { ...permit, slackMs: permit.slackMs + permit.intervalMs }
        },
      }),
  },
  {
    name: 'looks at the first limit only',
    caughtBy: 'rateLimiter: several limits hold at once',
    wrap: (limiter) =>
      overridden(limiter, {
        reserve: (scope, { limits, ...rest }) =>
          limiter.reserve(scope, { ...rest, limits: limits.slice(0, 1) }),
      }),
  },
  {
    name: 'gives one permit to all who ask at once',
    caughtBy: 'rateLimiter: who reserves at the same moment is given other slots',
    wrap: (limiter) => {
      let asked: ReturnType<RateLimiter['reserve']> | null = null
      return overridden(limiter, {
        reserve: (scope, request) => {
          asked ??= limiter.reserve(scope, request).finally(() => {
            asked = null
          })
          return asked
        },
      })
    },
  },
  {
    name: 'ignores the horizon',
    caughtBy: 'rateLimiter: slots beyond the horizon are left out and not used up',
    wrap: (limiter) =>
      overridden(limiter, {
        reserve: (scope, request) => limiter.reserve(scope, { ...request, horizonMs: NEVER_MS }),
      }),
  },
  {
    name: 'forgets the tenant',
    caughtBy: 'rateLimiter: other keys and other tenants do not wait, unless the limit is shared',
    wrap: (limiter) => {
      const nobody = ({ actor }: Scope): Scope => ({ tenant: asId('nobody'), actor })
      return overridden(limiter, {
        reserve: (scope, request) => limiter.reserve(nobody(scope), request),
        postpone: (scope, limit, until) => limiter.postpone(nobody(scope), limit, until),
      })
    },
  },
  {
    name: 'does not share what is shared',
    caughtBy: 'rateLimiter: postponing a limit that has slots given out moves what is given next',
    wrap: (limiter) => {
      const own = (limit: RateLimit): RateLimit => ({ ...limit, sharedByTenants: false })
      return overridden(limiter, {
        reserve: (scope, request) => limiter.reserve(scope, { ...request, limits: request.limits.map(own) }),
        postpone: (scope, limit, until) => limiter.postpone(scope, own(limit), until),
      })
    },
  },
  {
    name: 'does not wait when the provider says so',
    caughtBy: 'rateLimiter: postpone gives no slot before the instant, and never brings it forward',
    wrap: (limiter) => overridden(limiter, { postpone: async () => {} }),
  },
]
