import { studentT } from '../distributions/student-t.js'
import { checkFinite, checkPositive, checkWord, refuseNumber } from '../number-checks.js'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { normalUpperTail } from '../special/normal-tail.js'
import { noncentralTUpperTail } from './noncentral-t.js'
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

/**
 * How the power of a test of means is found: `normal-unpooled`, the z test with two known standard deviations, or
 * `noncentral-t`, exact for Student's test of normal values with equal ones.
 */
export type MeanFormula = 'normal-unpooled' | 'noncentral-t'

/** How far single values lie from their mean, for each group; above 0. */
export interface GroupDeviations {
  readonly control: number
  readonly variant: number
}

/** What a plan for two means is made for. */
export interface PlannedMeans {
  /** Mean of the variant minus mean of the control, not 0. */
  readonly difference: number
  readonly deviations: GroupDeviations
  /** By default `normal-unpooled`. */
  readonly formula?: MeanFormula
}

/** What a plan for two means comes to. */
export interface MeanPlan {
  readonly formula: MeanFormula
  readonly sizes: GroupSizes
  /** Chance that the test sees the difference. */
  readonly power: number
}

/** The smallest difference that a test of two means is likely to see. */
export interface DetectableMean {
  readonly formula: MeanFormula
  /** Above 0; the same in the other direction. */
  readonly difference: number
}

interface Setting {
  readonly deviations: GroupDeviations
  readonly formula: MeanFormula
  readonly tail: number
}

function powerOf(effect: number, { control: n, variant: m }: GroupSizes, setting: Setting): number {
  const { deviations, formula, tail } = setting
  const error = Math.hypot(deviations.control / Math.sqrt(n), deviations.variant / Math.sqrt(m))
  if (formula === 'normal-unpooled') return normalUpperTail(normalUpperQuantile(tail) - effect / error)
  const df = n + m - 2
  return noncentralTUpperTail(studentT(df).upperQuantile(tail), df, effect / error)
}

function checkedSetting(
  deviations: GroupDeviations,
  formula: MeanFormula | undefined,
  level: TestLevel,
): Setting {
  checkPositive(deviations.control, 'deviations.control')
  checkPositive(deviations.variant, 'deviations.variant')
  checkWord(formula ?? 'normal-unpooled', ['normal-unpooled', 'noncentral-t'], 'formula')
  if (formula === 'noncentral-t' && deviations.control !== deviations.variant) {
    refuseNumber('deviations.variant', 'the noncentral t formula is for equal deviations')
  }
  return { deviations, formula: formula ?? 'normal-unpooled', tail: tailOf(level) }
}

function checkedEffect(difference: number): number {
  checkFinite(difference, 'difference')
  if (difference === 0) refuseNumber('difference', 'expected another difference than 0')
  return Math.abs(difference)
}

/**
 * The power of a test of two means, the far tail of a two-sided test left out. `normal-unpooled` is the z test with
 * standard deviations that are known and may differ (Chow, Shao and Wang 2008, "Sample Size Calculations in Clinical
 * Research", section 3.2.1), good for Welch's test from some 30 members a group; `noncentral-t` is exact for Student's
 * test of normal values with equal deviations (same section; R's `power.t.test`).
 *
 * @throws INVALID_INPUT with path `difference` (not 0), `deviations.control`, `sizes.variant` (whole, at least 2),
 * `alpha`, `formula` and the like
 *
 * @example
 * ```ts
 * import { meanPower } from '@campaignkit/core/statistics'
 * const { power } = meanPower({
 *   difference: 1, deviations: { control: 2, variant: 2 }, sizes: { control: 20, variant: 20 },
 *   alpha: 0.05, formula: 'noncentral-t' })
 * console.log(power.toFixed(4)) // 0.3377
 * ```
 */
export function meanPower({
  difference,
  deviations,
  formula,
  sizes,
  ...level
}: TestLevel & PlannedMeans & { readonly sizes: GroupSizes }): MeanPlan {
  const setting = checkedSetting(deviations, formula, level)
  const effect = checkedEffect(difference)
  checkSizes(sizes)
  return { formula: setting.formula, sizes, power: powerOf(effect, sizes, setting) }
}

/**
 * The fewest members with which a test of two means has the power asked for; formulas and limits are those of
 * {@link meanPower}. The variant gets `allocation` times the control, rounded up; one member of the control fewer has
 * less power than asked for. At least two a group.
 *
 * @returns whole numbers, and the power that they reach
 * @throws INVALID_INPUT with path `difference` (not 0), `deviations.control`, `alpha`, `power`, `allocation`, `formula`
 *
 * @example
 * ```ts
 * import { meanSampleSize } from '@campaignkit/core/statistics'
 * const { sizes } = meanSampleSize({
 *   difference: 0.5, deviations: { control: 8, variant: 9 }, alpha: 0.05, power: 0.8, allocation: 2 })
 * console.log(sizes) // { control: 3281, variant: 6562 }
 * ```
 */
export function meanSampleSize({
  difference,
  deviations,
  formula,
  ...wanted
}: PowerWanted & PlannedMeans): MeanPlan {
  const setting = checkedSetting(deviations, formula, wanted)
  const effect = checkedEffect(difference)
  checkPower(wanted)
  const sizes = leastSizes(wanted, (tried) => powerOf(effect, tried, setting))
  return { formula: setting.formula, sizes, power: powerOf(effect, sizes, setting) }
}

/**
 * The smallest difference of means that the test sees with the power asked for; formulas and limits are those of
 * {@link meanPower}.
 *
 * @throws INVALID_INPUT with path `deviations.control`, `sizes.variant`, `alpha`, `power`, `formula`
 *
 * @example
 * ```ts
 * import { detectableMean } from '@campaignkit/core/statistics'
 * const { difference } = detectableMean({
 *   deviations: { control: 8, variant: 8 }, sizes: { control: 5000, variant: 5000 }, alpha: 0.05, power: 0.8 })
 * console.log(difference.toFixed(4)) // 0.4483
 * ```
 */
export function detectableMean({
  deviations,
  formula,
  sizes,
  ...wanted
}: Omit<PowerWanted, 'allocation'> &
  Omit<PlannedMeans, 'difference'> & { readonly sizes: GroupSizes }): DetectableMean {
  const setting = checkedSetting(deviations, formula, wanted)
  checkSizes(sizes)
  checkPower(wanted)
  const hasPower = (effect: number) => powerOf(effect, sizes, setting) >= wanted.power
  let greatest = Math.max(deviations.control, deviations.variant)
  while (!hasPower(greatest)) greatest *= 2
  return { formula: setting.formula, difference: leastEffect(greatest, hasPower) ?? greatest }
}
