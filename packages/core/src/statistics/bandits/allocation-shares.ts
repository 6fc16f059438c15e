import type { Arm } from '../../model/experiment.js'
import { refuseNumber } from '../number-checks.js'

/** How a bandit shares the next customers out. */
export interface BanditOptions {
  /**
   * `thompson`: each arm as often as it is probable to be best (Thompson 1933). `top-two`: the probable best in
   * `leaderShare` of all cases, else the probable best among the others (Russo 2016, "Simple Bayesian algorithms for
   * best arm identification", section 4.3), which learns sooner which arm is best and earns less meanwhile.
   * @default 'thompson'
   */
  readonly rule?: 'thompson' | 'top-two'
  /** Of `top-two`: 0 to 1, both excluded. @default 0.5 */
  readonly leaderShare?: number
  /** What every arm gets at least, 0 to 1 / arms. @default a tenth of an even split, 0.1 / arms */
  readonly floor?: number
}

/** What an arm is to get of the next customers. */
export interface ArmShare {
  readonly arm: Arm
  readonly probabilityToBeBest: number
  /** At least the floor; of all arms together 1. */
  readonly share: number
}

/** {@link BanditOptions} with every default filled in. */
export type BanditRule = Required<BanditOptions>

/** @throws INVALID_INPUT with path `arms`, `arms[1].arm`, `rule`, `leaderShare` or `floor` */
export function checkedRule(arms: readonly { readonly arm: Arm }[], options: BanditOptions): BanditRule {
  if (arms.length === 0) refuseNumber('arms', 'expected one or more')
  const names = arms.map(({ arm }) => arm)
  const twice = names.findIndex((arm, index) => names.indexOf(arm) < index)
  if (twice >= 0) refuseNumber(`arms[${twice}].arm`, 'is given twice')
  const { rule = 'thompson', leaderShare = 0.5, floor = 0.1 / arms.length } = options
  if (rule !== 'thompson' && rule !== 'top-two') refuseNumber('rule', 'expected thompson or top-two')
  if (!(leaderShare > 0 && leaderShare < 1)) {
    refuseNumber('leaderShare', 'expected a number between 0 and 1, both excluded')
  }
  if (!(floor >= 0 && floor * arms.length <= 1)) refuseNumber('floor', 'expected a number from 0 to 1 / arms')
  return { rule, leaderShare, floor }
}

/** The shares that follow from the probabilities to be best. */
export function allocationShares(
  arms: readonly { readonly arm: Arm }[],
  chances: readonly number[],
  { rule, leaderShare, floor }: BanditRule,
): readonly ArmShare[] {
  const wanted = rule === 'thompson' ? chances : topTwoShares(chances, leaderShare)
  const shares = raisedTo(floor, wanted)
  return arms.map(({ arm }, index) => ({
    arm,
    probabilityToBeBest: chances[index] ?? 0,
    share: shares[index] ?? 0,
  }))
}

/**
 * How often top-two sampling plays each arm: `a_i (L + (1 - L) sum over j != i of a_j / (1 - a_j))` for the
 * probabilities `a` to be best and the leader's share `L`. Where one arm is best for certain the others share evenly.
 */
function topTwoShares(chances: readonly number[], leaderShare: number): readonly number[] {
  if (chances.length === 1) return chances
  const others = chances.map((_chance, index) =>
    chances.reduce((sum, chance, other) => (other === index ? sum : sum + chance), 0),
  )
  return chances.map((chance, index) =>
    chances.reduce((share, leader, other) => {
      if (other === index) return share
      const among = others[other] ?? 0
      return share + (1 - leaderShare) * leader * (among > 0 ? chance / among : 1 / (chances.length - 1))
    }, leaderShare * chance),
  )
}

/** Raises shares to a floor and takes what that costs from the others, in proportion to what they have. */
export function raisedTo(floor: number, shares: readonly number[]): readonly number[] {
  const low = new Set<number>()
  for (;;) {
    const rest = shares.reduce((sum, share, index) => (low.has(index) ? sum : sum + share), 0)
    const factor = (1 - floor * low.size) / rest
    const raised = shares.map((share, index) => (low.has(index) ? floor : share * factor))
    const below = raised.flatMap((share, index) => (!low.has(index) && share < floor ? [index] : []))
    if (below.length === 0) return raised
    for (const index of below) low.add(index)
    if (low.size === shares.length) return shares.map(() => 1 / shares.length)
  }
}
