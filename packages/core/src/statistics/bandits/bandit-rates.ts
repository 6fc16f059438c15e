import type { Arm } from '../../model/experiment.js'
import { betaPosterior, LOG_ODDS } from '../bayes/posterior.js'
import { chancesOf } from '../bayes/rank-arms.js'
import { checkCount } from '../checks.js'
import { refuseNumber } from '../number-checks.js'
import type { ArmOutcome } from '../verdict/verdict-input.js'
import { type ArmShare, allocationShares, type BanditOptions, checkedRule } from './allocation-shares.js'
import { chooseArm } from './choose-arm.js'
import { drawBeta, type Uniform } from './draws.js'

/** {@link BanditOptions}, and what is believed of every rate beforehand. */
export interface RateBanditOptions extends BanditOptions {
  /**
   * Beta prior of every arm alike, as successes and failures that one pretends to have seen, 0.01 to 1e9 each.
   * @default { successes: 1, failures: 1 }
   */
  readonly prior?: { readonly successes: number; readonly failures: number }
}

/**
 * What each arm is to get of the next customers so that the better ones get more, by beta posteriors of the conversion
 * rates. The probabilities are integrals, not simulated: the same counts give the same shares. Meant for batches: share
 * out, wait for the conversions, share out again. Members whose conversion window is not over count as not converted
 * and make an arm look bad that was grown lately: leave them out of `assigned`.
 *
 * A bandit serves to earn while it learns. Its arms have unequal sizes that depend on the outcomes, so their plain rates
 * are biased and no fixed-horizon test holds for them; and it takes rates to be the same over time, which the floor
 * guards a little.
 *
 * @throws INVALID_INPUT with path `arms`, `arms[1].converted`, `prior.successes`, `rule`, `leaderShare` or `floor`
 *
 * @example
 * ```ts
 * import { banditShares } from '@campaignkit/core/statistics'
 * const shares = banditShares([
 *   { arm: 'plain', assigned: 1000, converted: 40 },
 *   { arm: 'emoji', assigned: 1000, converted: 55 },
 * ])
 * console.log(shares.map(({ arm, share }) => `${arm} ${share.toFixed(3)}`).join(', ')) // plain 0.058, emoji 0.942
 * ```
 */
export function banditShares(
  arms: readonly ArmOutcome[],
  options: RateBanditOptions = {},
): readonly ArmShare[] {
  const rule = checkedRule(arms, options)
  const posteriors = believedRates(arms, options).map(({ a, b }) => betaPosterior(a, b))
  const chances = chancesOf(posteriors, LOG_ODDS)
  return allocationShares(arms, chances, rule)
}

/**
 * Chooses the arm of one customer by a draw from the posteriors of {@link banditShares}, for streams in which each
 * customer is decided by itself. Every arm is chosen with a probability of at least the floor.
 *
 * @param uniform - chance: draws from 0 up to but not 1; which draws were made decides, so keep the arm that came of it
 * @throws those of {@link banditShares}
 *
 * @example
 * ```ts
 * import { chooseArmByRate } from '@campaignkit/core/statistics'
 * const arms = [{ arm: 'plain', assigned: 900, converted: 9 }, { arm: 'emoji', assigned: 900, converted: 90 }]
 * const uniform = [0.9, 0.7, 0.6, 0.4, 0.6, 0.3, 0.55, 0.8, 0.7, 0.4, 0.5, 0.45, 0.6].values()
 * console.log(chooseArmByRate(arms, () => uniform.next().value ?? 0.5)) // emoji
 * ```
 */
export function chooseArmByRate(
  arms: readonly ArmOutcome[],
  uniform: Uniform,
  options: RateBanditOptions = {},
): Arm {
  const rule = checkedRule(arms, options)
  const believed = believedRates(arms, options)
  return chooseArm(arms, () => believed.map(({ a, b }) => drawBeta(uniform, a, b)), uniform, rule)
}

const LEAST_PRIOR = 0.01
const MOST = 1e9

function believedRates(arms: readonly ArmOutcome[], { prior }: RateBanditOptions) {
  const { successes, failures } = prior ?? { successes: 1, failures: 1 }
  checkPrior(successes, 'prior.successes')
  checkPrior(failures, 'prior.failures')
  return arms.map(({ assigned, converted }, index) => {
    checkCount(assigned, `arms[${index}].assigned`)
    checkCount(converted, `arms[${index}].converted`)
    if (assigned > MOST) refuseNumber(`arms[${index}].assigned`, 'expected 1e9 at most')
    if (converted > assigned) refuseNumber(`arms[${index}].converted`, 'more converted than assigned')
    return { a: successes + converted, b: failures + assigned - converted }
  })
}

function checkPrior(weight: number, path: string): void {
  if (!(weight >= LEAST_PRIOR && weight <= MOST)) refuseNumber(path, 'expected a number from 0.01 to 1e9')
}
