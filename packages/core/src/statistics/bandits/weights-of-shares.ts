import type { Arm } from '../../model/experiment.js'
import { checkCount } from '../checks.js'
import { refuseNumber } from '../number-checks.js'
import { raisedTo } from './allocation-shares.js'

/** Of {@link weightsOfShares}. */
export interface WeightOptions {
  /** The sum of the weights, at least one for each arm. @default 1000 */
  readonly total?: number
  /** What every arm keeps of the total at least, rounded up to a whole weight; at least a weight of 1. @default 0 */
  readonly floor?: number
}

const ROUNDING = 1e-9

/**
 * Whole-numbered weights out of shares, for an assignment by rank or by bucket: they sum to `total` exactly, each is its
 * share of the total rounded up or down (largest remainders first, ties in the order given), and none is below the floor.
 *
 * @throws INVALID_INPUT with path `shares`, `shares[1].share`, `total` or `floor`
 *
 * @example
 * ```ts
 * import { weightsOfShares } from '@campaignkit/core/statistics'
 * const weights = weightsOfShares([{ arm: 'plain', share: 0.058 }, { arm: 'emoji', share: 0.942 }], { total: 100, floor: 0.1 })
 * console.log(weights) // [ { arm: 'plain', weight: 10 }, { arm: 'emoji', weight: 90 } ]
 * ```
 */
export function weightsOfShares(
  shares: readonly { readonly arm: Arm; readonly share: number }[],
  { total = 1_000, floor = 0 }: WeightOptions = {},
): readonly { readonly arm: Arm; readonly weight: number }[] {
  if (shares.length === 0) refuseNumber('shares', 'expected one or more')
  checkCount(total, 'total', shares.length)
  shares.forEach(({ share }, index) => {
    if (!(share >= 0 && share <= 1 + ROUNDING)) refuseNumber(`shares[${index}].share`, 'expected 0 to 1')
  })
  const sum = shares.reduce((all, { share }) => all + share, 0)
  if (Math.abs(sum - 1) > ROUNDING) refuseNumber('shares', 'do not sum to 1')
  const least = Math.max(1, Math.ceil(floor * total - ROUNDING))
  if (!(floor >= 0) || least * shares.length > total)
    refuseNumber('floor', 'leaves less than nothing to share out')
  const quotas = raisedTo(
    least / total,
    shares.map(({ share }) => share / sum),
  ).map((share) => share * total)
  const whole = quotas.map((quota) => Math.floor(quota + ROUNDING))
  const missing = total - whole.reduce((all, weight) => all + weight, 0)
  const next = quotas
    .map((quota, index) => ({ index, left: quota - (whole[index] ?? 0) }))
    .sort((one, other) => other.left - one.left || one.index - other.index)
    .slice(0, missing)
  const extra = new Set(next.map(({ index }) => index))
  return shares.map(({ arm }, index) => ({ arm, weight: (whole[index] ?? 0) + (extra.has(index) ? 1 : 0) }))
}
