import { createSeededRandom } from '../../testing/seeded-random.js'
import type { Proportion } from '../checks.js'

/** How many tests are simulated each time. */
export const WORLDS = process.env.CAMPAIGNKIT_LONG === '1' ? 5_000 : 250
export const LOOKS = 46

/** Members of each arm at the last look, and their rates. */
export interface World {
  readonly members: readonly number[]
  readonly rates: readonly number[]
  /** The look after which the members of each arm begin to come in. @default 0 */
  readonly starts?: readonly number[]
  readonly seed: string
}

/** The successes among so many members, by skipping from one to the next. */
function createDraw(seed: string): (trials: number, rate: number) => number {
  const random = createSeededRandom(seed)
  return (trials, rate) => {
    const skip = () => Math.floor(Math.log1p(-random.uniform()) / Math.log1p(-rate))
    let successes = 0
    for (let at = skip(); at < trials; at += 1 + skip()) successes += 1
    return successes
  }
}

/** The share of tests in which a judge raises its hand at any of 46 looks that are evenly spread over the members. */
export function alarmsWhileWatched(
  { members, rates, starts = [], seed }: World,
  isAlarm: (arms: readonly Proportion[]) => boolean,
): number {
  const draw = createDraw(seed)
  let alarms = 0
  for (let world = 0; world < WORLDS; world += 1) {
    const arms = members.map(() => ({ successes: 0, trials: 0 }))
    let isRaised = false
    for (let look = 1; look <= LOOKS && !isRaised; look += 1) {
      arms.forEach((arm, index) => {
        const start = starts[index] ?? 0
        if (look <= start) return
        const trials = Math.max(1, Math.round(((members[index] ?? 0) * (look - start)) / (LOOKS - start)))
        arm.successes += draw(trials - arm.trials, rates[index] ?? 0)
        arm.trials = trials
      })
      isRaised = isAlarm(arms)
    }
    if (isRaised) alarms += 1
  }
  return alarms / WORLDS
}

/** The nominal level with three standard errors of the simulation. */
export function atMost(level: number): number {
  return level + 3 * Math.sqrt((level * (1 - level)) / WORLDS)
}
