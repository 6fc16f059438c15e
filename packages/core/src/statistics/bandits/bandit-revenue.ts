import type { Arm } from '../../model/experiment.js'
import { IDENTITY, normalPosterior } from '../bayes/posterior.js'
import { chancesOf } from '../bayes/rank-arms.js'
import { checkMoments, type Moments } from '../means/moments.js'
import { type ArmShare, allocationShares, type BanditOptions, checkedRule } from './allocation-shares.js'
import { chooseArm } from './choose-arm.js'
import { drawNormal, type Uniform } from './draws.js'

/** The revenue of an arm by member, those who bought nothing included as 0. */
export interface ArmRevenue extends Moments {
  readonly arm: Arm
}

/**
 * What each arm is to get of the next customers, by normal posteriors of the revenue per member. The model: values have
 * the mean of their arm and one variance, pooled over the arms; beforehand every mean is believed to be the pooled one,
 * with the weight of one member (Kass and Wasserman 1995, unit information).
 *
 * The normal model needs moments only, and is about what is to be earned: the mean. A zero-inflated log-normal one
 * would need every order, and its mean hangs on the tail of a distribution that orders do not have. The variance is
 * pooled since an arm that nobody has bought in yet would otherwise look certain. It holds once some 25 members of each
 * arm have bought; before, let the floor do the work. Where one arm sells few dear things and another many cheap ones,
 * the pooled variance makes the first look surer than it is.
 *
 * @throws INVALID_INPUT with path `arms`, `arms[1].variance`, `rule`, `leaderShare` or `floor`
 *
 * @example
 * ```ts
 * import { banditRevenueShares } from '@campaignkit/core/statistics'
 * const shares = banditRevenueShares([
 *   { arm: 'plain', count: 1000, mean: 1.1, variance: 90 },
 *   { arm: 'coupon', count: 1000, mean: 1.6, variance: 110 },
 * ])
 * console.log(shares.map(({ arm, share }) => `${arm} ${share.toFixed(3)}`).join(', ')) // plain 0.132, coupon 0.868
 * ```
 */
export function banditRevenueShares(
  arms: readonly ArmRevenue[],
  options: BanditOptions = {},
): readonly ArmShare[] {
  const rule = checkedRule(arms, options)
  const believed = believedMeans(arms)
  // without any spread nothing tells the arms apart
  if (believed.every(({ spread }) => spread === 0)) {
    return allocationShares(
      arms,
      arms.map(() => 1 / arms.length),
      rule,
    )
  }
  const posteriors = believed.map(({ mean, spread }) => normalPosterior(mean, spread))
  const chances = chancesOf(posteriors, IDENTITY)
  return allocationShares(arms, chances, rule)
}

/**
 * Chooses the arm of one customer by a draw from the posteriors of {@link banditRevenueShares}.
 *
 * @param uniform - chance: draws from 0 up to but not 1
 * @throws those of {@link banditRevenueShares}
 *
 * @example
 * ```ts
 * import { chooseArmByRevenue } from '@campaignkit/core/statistics'
 * const arms = [
 *   { arm: 'plain', count: 900, mean: 1, variance: 90 },
 *   { arm: 'coupon', count: 900, mean: 9, variance: 90 },
 * ]
 * console.log(chooseArmByRevenue(arms, () => 0.7)) // coupon
 * ```
 */
export function chooseArmByRevenue(
  arms: readonly ArmRevenue[],
  uniform: Uniform,
  options: BanditOptions = {},
): Arm {
  const rule = checkedRule(arms, options)
  const believed = believedMeans(arms)
  const draw = () => believed.map(({ mean, spread }) => mean + spread * drawNormal(uniform))
  return chooseArm(arms, draw, uniform, rule)
}

function believedMeans(arms: readonly ArmRevenue[]) {
  for (const [index, arm] of arms.entries()) checkMoments(arm, `arms[${index}]`, 0)
  const sum = (term: (arm: ArmRevenue) => number) => arms.reduce((total, arm) => total + term(arm), 0)
  const degrees = sum(({ count }) => Math.max(0, count - 1))
  const variance = sum(({ count, variance }) => Math.max(0, count - 1) * variance) / Math.max(1, degrees)
  const pooled =
    sum(({ count, mean }) => count * mean) /
    Math.max(
      1,
      sum(({ count }) => count),
    )
  return arms.map(({ count, mean }) => ({
    mean: pooled + (count / (count + 1)) * (mean - pooled),
    spread: Math.sqrt(variance / (count + 1)),
  }))
}
