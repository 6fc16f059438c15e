import { type DurationMs, MINUTE_MS, SECOND_MS } from '@campaignkit/core/adapter'

/** How long an account waits after refusals on end: exponentially longer, as Twilio asks for error 20429. */
export interface AccountBackOff {
  /** Counts a refusal. @returns 1 s, then twice as long each time, up to a minute */
  refused(): DurationMs
  /** A message was taken: the next refusal is the first again. */
  taken(): void
}

export function createBackOff(): AccountBackOff {
  let refusals = 0
  return {
    refused() {
      refusals = Math.min(refusals + 1, 10)
      return Math.min(SECOND_MS * 2 ** (refusals - 1), MINUTE_MS)
    },
    taken() {
      refusals = 0
    },
  }
}
