import { createSeededRandom } from '@campaignkit/core/testing'
import { KILL_POINTS, type KillPlan } from './kill-points.js'

/** The longest that a worker lives before it is killed at random. */
const LATEST_MS = 4_000

/** The latest of the times that a worker comes to its point. */
const LATEST_TIME = 3

/**
 * Each named point so often, the freezing and the rings first since they come first, then deaths at random moments.
 *
 * @param seed - the same seed gives the same plans
 */
export function plansFor(timesEach: number, atRandom: number, seed: number): readonly KillPlan[] {
  const random = createSeededRandom(`crashes ${seed}`)
  const upTo = (most: number) =>
    1 + Math.floor((most * random.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0)) / 2 ** 32)
  const named = KILL_POINTS.filter((point) => point !== 'random').flatMap((point) => {
    return Array.from(
      { length: timesEach },
      (_, time): KillPlan => ({ point, nth: time === 0 ? 1 : upTo(LATEST_TIME) }),
    )
  })
  return [
    ...named,
    ...Array.from({ length: atRandom }, (): KillPlan => ({ point: 'random', nth: upTo(LATEST_MS) })),
  ]
}
