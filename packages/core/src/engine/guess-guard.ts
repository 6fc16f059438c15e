import { toBase64Url } from '../base/bytes.js'
import { type DurationMs, type Instant, MINUTE_MS } from '../base/time.js'
import type { Pace } from '../model/pace.js'
import { hmacUnder } from '../model/secret.js'
import { admit } from './admission.js'
import { networkOf } from './client-network.js'
import type { EngineContext } from './context.js'
import { linkScope } from './link-scope.js'

/** Links that are not genuine which a client may ask for: so many at once, then one in ten seconds. */
const GUESSES: Pace = { limit: 30, periodMs: 5 * MINUTE_MS }

/** Clients that a process remembers as blocked; of more the oldest is asked of the limiter again. */
const MOST_BLOCKED = 10_000

/** Keeps clients from trying out links. */
export interface GuessGuard {
  /** For how many milliseconds a client is still answered nothing but that; 0 for one that is served. */
  blockedForMs(client: string): DurationMs
  /**
   * Counts that a client asked for a link that is not genuine.
   *
   * @returns for how many milliseconds it is blocked from now on; 0 as long as it is served
   */
  missed(client: string): Promise<DurationMs>
}

/**
 * Makes a guard whose counts hold across processes and whose blocks cost nothing: a blocked client is remembered in the
 * process, so that it writes nothing any more. Addresses are kept as keys that tell nothing.
 */
export function createGuessGuard(context: EngineContext): GuessGuard {
  const blocked = new Map<string, Instant>()
  const keyOf = (client: string) => {
    const [secret] = context.settings.secrets
    return toBase64Url(hmacUnder(secret, 'campaignkit.client', networkOf(client)).subarray(0, 16))
  }
  const block = (key: string, until: Instant) => {
    blocked.delete(key)
    blocked.set(key, until)
    const [oldest] = blocked.keys()
    if (blocked.size > MOST_BLOCKED && oldest !== undefined) blocked.delete(oldest)
  }
  return {
    blockedForMs(client) {
      const key = keyOf(client)
      const leftMs = (blocked.get(key) ?? 0) - context.clock.now()
      if (leftMs <= 0) blocked.delete(key)
      return Math.max(0, leftMs)
    },
    async missed(client) {
      const key = keyOf(client)
      // one limit for all tenants: a client that guesses does not know whose links it tries
      const limit = { key: `guess:${key}`, pace: GUESSES, sharedByTenants: true }
      const waitMs = await admit(context, linkScope('none'), limit)
      if (waitMs > 0) block(key, context.clock.now() + waitMs)
      return waitMs
    },
  }
}
