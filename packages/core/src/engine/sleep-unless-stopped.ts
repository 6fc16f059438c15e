import type { Instant } from '../base/time.js'
import type { EngineContext } from './context.js'

/** Sleeps; false when the signal aborts before or meanwhile. */
export async function sleepUnlessStopped(
  { clock }: Pick<EngineContext, 'clock'>,
  until: Instant,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (signal?.aborted === true) return false
  if (until <= clock.now()) return true
  const sleep = signal === undefined ? null : followersOf(signal).add()
  try {
    await clock.sleepUntil(until, { signal: sleep?.signal })
    return true
  } catch (thrown) {
    if (signal?.aborted) return false
    throw thrown
  } finally {
    sleep?.end()
  }
}

interface Followers {
  add(): { readonly signal: AbortSignal; end(): void }
}

/**
 * All who sleep on one signal at a time share a listener: every call of a window waits for its slot on the signal of
 * the host, and Node takes more than ten listeners for a leak.
 */
const FOLLOWERS = new WeakMap<AbortSignal, Followers>()

function followersOf(signal: AbortSignal): Followers {
  const known = FOLLOWERS.get(signal) ?? createFollowers(signal)
  FOLLOWERS.set(signal, known)
  return known
}

function createFollowers(signal: AbortSignal): Followers {
  const followers = new Set<AbortController>()
  const abortAll = () => {
    for (const follower of followers) follower.abort(signal.reason)
  }
  return {
    add() {
      const follower = new AbortController()
      if (followers.size === 0) signal.addEventListener('abort', abortAll)
      followers.add(follower)
      return {
        signal: follower.signal,
        end() {
          followers.delete(follower)
          if (followers.size === 0) signal.removeEventListener('abort', abortAll)
        },
      }
    },
  }
}
