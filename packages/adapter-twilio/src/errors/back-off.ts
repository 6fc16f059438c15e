import { type Clock, type DurationMs, type Instant, MINUTE_MS, SECOND_MS } from '@campaignkit/core/adapter'

/** How long an account waits after refusals on end: exponentially longer, as Twilio asks for error 20429. */
export interface AccountBackOff {
  /**
   * Counts a refusal; those that come while the wait after one runs are of the same burst, which was in flight together.
   *
   * @returns 1 s, then twice as long each time, up to a minute
   */
  refused(): DurationMs
  /** A message was taken: the next refusal is the first again. */
  taken(): void
}

export function createBackOff(clock: Pick<Clock, 'now'>): AccountBackOff {
  let refusals = 0
  let waitsUntil: Instant = Number.NEGATIVE_INFINITY
  const wait = () => Math.min(SECOND_MS * 2 ** (refusals - 1), MINUTE_MS)
  return {
    refused() {
      const now = clock.now()
      if (refusals > 0 && now < waitsUntil) return wait()
      refusals = Math.min(refusals + 1, 10)
      waitsUntil = now + wait()
      return wait()
    },
    taken() {
      refusals = 0
    },
  }
}
