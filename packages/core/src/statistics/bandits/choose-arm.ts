import type { Arm } from '../../model/experiment.js'
import type { BanditRule } from './allocation-shares.js'
import type { Uniform } from './draws.js'

/** Once an arm is best for certain, no number of draws finds another: then the second of the last draw. */
const MOST_DRAWS = 100

/**
 * Chooses one arm: evenly among all as often as the floor asks for, else by the rule.
 *
 * @param draw - one value of each arm from its posterior
 */
export function chooseArm(
  arms: readonly { readonly arm: Arm }[],
  draw: () => readonly number[],
  uniform: Uniform,
  { rule, leaderShare, floor }: BanditRule,
): Arm {
  const nameOf = (index: number) => arms[index]?.arm ?? ''
  if (uniform() < floor * arms.length) return nameOf(Math.floor(uniform() * arms.length))
  const leader = greatest(draw())
  if (rule === 'thompson' || arms.length === 1 || uniform() < leaderShare) return nameOf(leader)
  for (let draws = 1; draws < MOST_DRAWS; draws += 1) {
    const challenger = greatest(draw())
    if (challenger !== leader) return nameOf(challenger)
  }
  return nameOf(greatest(draw().map((value, index) => (index === leader ? Number.NEGATIVE_INFINITY : value))))
}

function greatest(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? 0) ? index : best), 0)
}
