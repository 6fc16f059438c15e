import { checkOpenShare } from '../checks.js'
import { checkWord, refuseNumber } from '../number-checks.js'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { normalUpperTail } from '../special/normal-tail.js'
import {
  checkPower,
  checkSizes,
  type GroupSizes,
  leastEffect,
  leastSizes,
  type PowerWanted,
  type TestLevel,
  tailOf,
} from './two-groups.js'

/** The formula: variance pooled under the null hypothesis, unpooled under the alternative, no continuity correction. */
export type ProportionFormula = 'fleiss-4.14'

/** The two rates that a plan is made for, each between 0 and 1, both excluded. */
export interface PlannedRates {
  readonly control: number
  readonly variant: number
}

/** What a plan for two proportions comes to. */
export interface ProportionPlan {
  readonly formula: ProportionFormula
  readonly sizes: GroupSizes
  /** Chance that the test sees the difference. */
  readonly power: number
}

/** The smallest difference that a test of two proportions is likely to see. */
export interface DetectableRate {
  readonly formula: ProportionFormula
  /** Rate of the variant at which the power is reached. */
  readonly rate: number
  /** That rate minus the rate of the control. */
  readonly difference: number
  /** The same as a fraction of the rate of the control. */
  readonly lift: number
}

const FORMULA = 'fleiss-4.14'

function spread(rate: number): number {
  return rate * (1 - rate)
}

function powerOf({ control: p, variant: q }: PlannedRates, sizes: GroupSizes, critical: number): number {
  const { control: n, variant: m } = sizes
  const common = (p * n + q * m) / (n + m)
  const underNull = Math.sqrt(spread(common) * (1 / n + 1 / m))
  const underAlternative = Math.sqrt(spread(p) / n + spread(q) / m)
  return normalUpperTail((critical * underNull - Math.abs(q - p)) / underAlternative)
}

function checkRates({ control, variant }: PlannedRates): void {
  checkOpenShare(control, 'rates.control')
  checkOpenShare(variant, 'rates.variant')
}

/**
 * The power of the pooled z test of two proportions: normal approximation, variance pooled under the null hypothesis
 * and unpooled under the alternative, without continuity correction, the far tail of a two-sided test left out (Fleiss,
 * Levin and Paik 2003, "Statistical Methods for Rates and Proportions", eq. 4.14 solved for the power; with unequal
 * groups the common rate is weighted by size, section 4.5). As R's `power.prop.test`. Within a point or two while
 * expected counts are above some 10; not for tests by Fisher.
 *
 * @throws INVALID_INPUT with path `rates.control`, `sizes.variant` (whole, at least 2), `alpha` and the like
 *
 * @example
 * ```ts
 * import { proportionPower } from '@campaignkit/core/statistics'
 * const { power } = proportionPower({
 *   rates: { control: 0.04, variant: 0.05 }, sizes: { control: 5000, variant: 5000 }, alpha: 0.05 })
 * console.log(power.toFixed(3)) // 0.674
 * ```
 */
export function proportionPower({
  rates,
  sizes,
  ...level
}: TestLevel & { readonly rates: PlannedRates; readonly sizes: GroupSizes }): ProportionPlan {
  const critical = normalUpperQuantile(tailOf(level))
  checkRates(rates)
  checkSizes(sizes)
  return { formula: FORMULA, sizes, power: powerOf(rates, sizes, critical) }
}

/**
 * The fewest members with which the pooled z test has the power asked for; formula and limits are those of
 * {@link proportionPower}. The variant gets `allocation` times the control, rounded up; one member of the control fewer
 * has less power than asked for. At least two a group.
 *
 * @returns whole numbers, and the power that they reach
 * @throws INVALID_INPUT with path `rates.control`, `rates.variant` (also when the two are equal), `alpha`, `power`,
 * `allocation`
 *
 * @example
 * ```ts
 * import { proportionSampleSize } from '@campaignkit/core/statistics'
 * const { sizes } = proportionSampleSize({ rates: { control: 0.04, variant: 0.05 }, alpha: 0.05, power: 0.8 })
 * console.log(sizes) // { control: 6745, variant: 6745 }
 * ```
 */
export function proportionSampleSize({
  rates,
  ...wanted
}: PowerWanted & { readonly rates: PlannedRates }): ProportionPlan {
  const critical = normalUpperQuantile(tailOf(wanted))
  checkRates(rates)
  checkPower(wanted)
  if (rates.control === rates.variant) refuseNumber('rates.variant', 'expected another rate than the control')
  const sizes = leastSizes(wanted, (tried) => powerOf(rates, tried, critical))
  return { formula: FORMULA, sizes, power: powerOf(rates, sizes, critical) }
}

/**
 * The smallest difference from a rate that the pooled z test sees with the power asked for; formula and limits are
 * those of {@link proportionPower}.
 *
 * @param plan - `rate` of the control; `direction`, by default `increase`
 * @returns null when even a rate of 1 (or 0) would not be seen
 * @throws INVALID_INPUT with path `rate`, `sizes.control`, `alpha`, `power`, `direction`
 *
 * @example
 * ```ts
 * import { detectableRate } from '@campaignkit/core/statistics'
 * const found = detectableRate({ rate: 0.04, sizes: { control: 5000, variant: 5000 }, alpha: 0.05, power: 0.8 })
 * console.log(found?.difference.toFixed(4), found?.lift.toFixed(3)) // 0.0117 0.293
 * ```
 */
export function detectableRate({
  rate,
  sizes,
  direction = 'increase',
  ...wanted
}: Omit<PowerWanted, 'allocation'> & {
  readonly rate: number
  readonly sizes: GroupSizes
  readonly direction?: 'increase' | 'decrease'
}): DetectableRate | null {
  const critical = normalUpperQuantile(tailOf(wanted))
  checkOpenShare(rate, 'rate')
  checkSizes(sizes)
  checkPower(wanted)
  checkWord(direction, ['increase', 'decrease'], 'direction')
  const sign = direction === 'increase' ? 1 : -1
  const hasPower = (effect: number) =>
    powerOf({ control: rate, variant: rate + sign * effect }, sizes, critical) >= wanted.power
  const effect = leastEffect(direction === 'increase' ? 1 - rate : rate, hasPower)
  if (effect === null) return null
  const difference = sign * effect
  return { formula: FORMULA, rate: rate + difference, difference, lift: difference / rate }
}
