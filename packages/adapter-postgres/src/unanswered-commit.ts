import { isCampaignKitError } from '@campaignkit/core/adapter'
import type { Fragment } from './sql.js'

/** What the work of a transaction came to, of whose commit nobody has heard. */
interface Unanswered<Result> {
  readonly result: Result
  readonly trace: Fragment
}

/**
 * A transaction that is tried until its commit is answered. An answer that was lost says nothing of the commit: before the
 * work is done again, the trace of it is looked for, and once more behind the work, since a server that was cut off may still
 * have been at it: then the work was refused, or changed nothing any more. What was committed comes to what it came to.
 */
export function createCommit<Result>(ask: (trace: Fragment) => Promise<readonly unknown[]>) {
  let unanswered: Unanswered<Result> | null = null

  async function ifCommitted(noted: Unanswered<Result> | null): Promise<Unanswered<Result> | null> {
    return noted !== null && (await ask(noted.trace)).length > 0 ? noted : null
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
      const before = unanswered
      const done = await ifCommitted(before)
      if (done !== null) return done.result
      try {
        const result = await work()
        const late = await ifCommitted(before)
        return late === null ? result : late.result
      } catch (error) {
        const late = isCampaignKitError(error) ? await ifCommitted(unanswered) : null
        if (late !== null) return late.result
        throw error
      }
    },
  }
}
