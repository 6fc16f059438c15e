import { isCampaignKitError } from '@campaignkit/core/adapter'
import type { Fragment } from './sql.js'

/** What the work of a transaction came to, of whose commit nobody has heard. */
interface Unanswered<Result> {
  readonly result: Result
  readonly trace: Fragment
}

/**
 * A transaction that is tried until its commit is answered. An answer that was lost says nothing of the commit: before the
 * work is done again, the trace of it is looked for, and once more where the work is refused, since a server that was cut
 * off may still be at it. What was committed is not done again, but comes to what it came to.
 */
export function createCommit<Result>(ask: (trace: Fragment) => Promise<readonly unknown[]>) {
  let unanswered: Unanswered<Result> | null = null

  async function committed(): Promise<Unanswered<Result> | null> {
    return unanswered !== null && (await ask(unanswered.trace)).length > 0 ? unanswered : null
  }

  return {
    /**
     * Notes what the work came to, when nothing is left but the commit.
     *
     * @param trace - a statement that gives a row once it is committed; null when it leaves nothing that no other does
     */
    note(trace: Fragment | null, result: Result): Result {
      if (trace !== null) unanswered = { result, trace }
      return result
    },
    /** Does the work, unless it was committed before. */
    async unlessDone(work: () => Promise<Result>): Promise<Result> {
      const done = await committed()
      if (done !== null) return done.result
      try {
        return await work()
      } catch (error) {
        const late = isCampaignKitError(error) ? await committed() : null
        if (late !== null) return late.result
        throw error
      }
    },
  }
}
