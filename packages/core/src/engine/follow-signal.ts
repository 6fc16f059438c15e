/** A signal of somebody's own that aborts with another one, until it is ended. */
export interface Follower {
  readonly signal: AbortSignal
  end(): void
}

interface Followers {
  add(): Follower
}

/** Who follows which signal. */
const FOLLOWERS = new WeakMap<AbortSignal, Followers>()

/**
 * Follows a signal of the host. All who do at a time share one listener: every call of a window waits for its slot, and
 * every page for news, on the same signal, and Node takes more than ten listeners for a leak.
 */
export function followSignal(signal: AbortSignal): Follower {
  const known = FOLLOWERS.get(signal) ?? createFollowers(signal)
  FOLLOWERS.set(signal, known)
  return known.add()
}

function createFollowers(signal: AbortSignal): Followers {
  const followers = new Set<AbortController>()
  const abortAll = () => {
    for (const follower of followers) follower.abort(signal.reason)
  }
  return {
    add() {
      const follower = new AbortController()
      if (signal.aborted) follower.abort(signal.reason)
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
