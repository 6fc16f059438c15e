import { CampaignKitError } from '../base/error.js'
import type { Arm } from '../model/experiment.js'
import { type ArmWeight, checkWeights } from './arms.js'

/** Gives each rank its arm. */
export interface ArmSequence {
  /**
   * The arm of a rank. One rank after the other costs a step over the arms each; a jump costs the steps from the
   * nearest state that was kept.
   *
   * @param rank - from 0
   * @throws INVALID_INPUT when it is not a whole number of at least 0
   */
  at(rank: number): Arm
}

const FIRST_SPACING = 4_096
const MOST_KEPT = 1_024

/**
 * The sequence in which each rank goes to the arm that is furthest behind: the largest `w * (r + 1) - c * W`, for an
 * arm of weight `w` that `c` earlier ranks went to, with `W` the sum of the weights; ties go to the arm that is
 * declared first. It repeats with period `W`, and each full period is exact.
 *
 * In every prefix no arm of `n` is ahead of its exact share by more than `1 - 1/n` customers: what all are behind sums
 * to one customer, so the arm that is served was behind by `1/n` at least. No arm falls behind its exact share by more
 * than `1/2 + 1/3 + ... + 1/n`: 1.09 for four arms, 1.29 for five, 1.93 for ten. For let `A(k)` be the most that the `k`
 * arms furthest behind have been behind on average after a rank; `A(n) = 0`. When one of them was served, they had not
 * more in sum before. Else the arm that was served had been behind as far as their average at least, and is now among
 * the `k + 1` furthest with one less, so that `A(k) <= A(k + 1) + 1/(k + 1)`; and the arm furthest behind is `A(1)`.
 * A search found 1.074 for four arms, 1.240 for five and 1.596 for ten, so the bound is nearly met for a few.
 *
 * `W` can exceed 10^10, so no table is built: only what each arm is behind is carried along, and at most 1,024 such
 * states are kept for jumps, ever further apart as the sequence grows.
 *
 * @throws EXPERIMENT_INVALID when the weights are not as `armWeights` gives them
 */
export function createArmSequence(weights: readonly ArmWeight[]): ArmSequence {
  checkWeights(weights)
  const period = weights.reduce((sum, { weight }) => sum + weight, 0)
  const walk = createWalk(weights, period)
  return {
    at(rank) {
      if (!Number.isSafeInteger(rank) || rank < 0) {
        throw new CampaignKitError('INVALID_INPUT', 'rank: not a whole number of at least 0', {
          path: 'rank',
        })
      }
      return walk(rank % period).arm
    },
  }
}

interface Standing extends ArmWeight {
  /** `w * (r + 1) - c * W` at the next rank. */
  behind: number
}

/** Walks along the sequence; answers with the arm at a position. */
function createWalk(weights: readonly ArmWeight[], period: number): (position: number) => Standing {
  const standings = weights.map(({ arm, weight }): Standing => ({ arm, weight, behind: weight }))
  let kept: Float64Array[] = []
  let spacing = FIRST_SPACING
  /** The position that `behind` is about. */
  let next = 0

  function step(): Standing {
    if (next === kept.length * spacing) keep()
    const served = standings.reduce(furtherBehind)
    for (const standing of standings) standing.behind += standing.weight
    served.behind -= period
    next += 1
    return served
  }

  function keep(): void {
    kept.push(Float64Array.from(standings, ({ behind }) => behind))
    if (kept.length < MOST_KEPT) return
    spacing *= 2
    kept = kept.filter((_state, index) => index % 2 === 0)
  }

  function jump(position: number): void {
    const index = Math.min(Math.floor(position / spacing), kept.length - 1)
    if (position >= next && index * spacing <= next) return
    next = index * spacing
    for (const [arm, standing] of standings.entries()) standing.behind = kept[index]?.[arm] ?? 0
  }

  return (position) => {
    jump(position)
    while (next < position) step()
    return step()
  }
}

function furtherBehind(left: Standing, right: Standing): Standing {
  return right.behind > left.behind ? right : left
}
