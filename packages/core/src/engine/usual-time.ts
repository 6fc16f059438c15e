import type { DurationMs } from '../base/time.js'
import type { Clock } from '../ports/clock.js'

/** One call that took longer than the others says nothing of the next. */
const RECENT = 4

/** How long calls of one kind take here and now. */
export interface UsualTime {
  /** The least that the latest calls took; 0 before there were a few. */
  readonly ms: DurationMs
  /** Makes a call and takes its time. */
  of<Result>(call: () => Promise<Result>): Promise<Result>
}

export function createUsualTime(clock: Pick<Clock, 'now'>): UsualTime {
  const recent: DurationMs[] = []
  return {
    get ms() {
      return recent.length < RECENT ? 0 : Math.min(...recent)
    },
    async of(call) {
      const begun = clock.now()
      try {
        return await call()
      } finally {
        recent.push(clock.now() - begun)
        if (recent.length > RECENT) recent.shift()
      }
    },
  }
}
