import { gcraKeyOf, postponeGcra, type RateLimiter, reserveGcra } from '@campaignkit/core/adapter'

/**
 * Makes a rate limiter whose limits hold within the process. It needs no clock: it keeps for each limit when the next
 * slot is free, and callers say from when they want one.
 */
export function createMemoryRateLimiter(): RateLimiter {
  const state = new Map<string, number>()
  return {
    reserve: async ({ tenant }, request) => {
      const limits = request.limits.map((limit) => ({ key: gcraKeyOf(tenant, limit), pace: limit.pace }))
      const { permit, state: moved } = reserveGcra(state, { ...request, limits })
      for (const [key, free] of moved) state.set(key, free)
      return permit
    },
    postpone: async ({ tenant }, limit, until) => {
      const key = gcraKeyOf(tenant, limit)
      state.set(key, postponeGcra(state.get(key), until))
    },
  }
}
