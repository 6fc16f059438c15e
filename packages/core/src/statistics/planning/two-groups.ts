import { checkCount, checkOpenShare } from '../checks.js'
import { checkPositive, checkWord, refuseNumber } from '../number-checks.js'

/** Members of the two groups. */
export interface GroupSizes {
  readonly control: number
  readonly variant: number
}

/** Whether a difference either way counts, or only the one that is planned for. */
export type Sides = 'two-sided' | 'one-sided'

/** What a test is allowed to get wrong. */
export interface TestLevel {
  /** Chance of a false alarm, 0 to 1, both excluded. */
  readonly alpha: number
  /** By default `two-sided`. */
  readonly sides?: Sides
}

/** What a plan asks for. */
export interface PowerWanted extends TestLevel {
  /** Chance to see the difference, above `alpha` and below 1. */
  readonly power: number
  /** Members of the variant for each one of the control, above 0; by default 1. */
  readonly allocation?: number
}

/** Members of a group: more are refused. */
const MOST_MEMBERS = 1e12

/** The share of alpha on the side that is planned for. */
export function tailOf({ alpha, sides = 'two-sided' }: TestLevel): number {
  checkOpenShare(alpha, 'alpha')
  checkWord(sides, ['two-sided', 'one-sided'], 'sides')
  return sides === 'two-sided' ? alpha / 2 : alpha
}

/** @throws INVALID_INPUT with path `sizes.control` or `sizes.variant` */
export function checkSizes({ control, variant }: GroupSizes): void {
  checkCount(control, 'sizes.control', 2)
  checkCount(variant, 'sizes.variant', 2)
}

/** @throws INVALID_INPUT with path `power` when it is not above alpha and below 1 */
export function checkPower({ alpha, power }: PowerWanted): void {
  checkOpenShare(power, 'power')
  if (power <= alpha) refuseNumber('power', 'expected more than alpha')
}

/**
 * The smallest groups whose power is enough: the control by doubling and halving, the variant its multiple, rounded up.
 *
 * @throws INVALID_INPUT with path `allocation`, or `power` when no group of up to 10^12 members has it
 */
export function leastSizes(
  { power, allocation = 1 }: PowerWanted,
  powerOf: (sizes: GroupSizes) => number,
): GroupSizes {
  checkPositive(allocation, 'allocation')
  const sizesAt = (control: number) => ({ control, variant: Math.max(2, Math.ceil(control * allocation)) })
  const isEnough = (control: number) => powerOf(sizesAt(control)) >= power
  let enough = 2
  while (!isEnough(enough)) {
    enough *= 2
    if (enough > MOST_MEMBERS) refuseNumber('power', `no group of up to ${MOST_MEMBERS} members has it`)
  }
  let short = Math.floor(enough / 2)
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2)
    if (isEnough(middle)) enough = middle
    else short = middle
  }
  return sizesAt(enough)
}

/** The smallest effect between two bounds that has enough power, to the last digit; null when the greatest has not. */
export function leastEffect(greatest: number, hasPower: (effect: number) => boolean): number | null {
  if (!hasPower(greatest)) return null
  let [short, enough] = [0, greatest]
  for (;;) {
    const middle = (short + enough) / 2
    if (middle <= short || middle >= enough) return enough
    if (hasPower(middle)) enough = middle
    else short = middle
  }
}
