import type { Estimate } from '../../model/verdict.js'
import { type Alternative, symmetricPValue } from '../alternative.js'
import { checkOpenShare } from '../checks.js'
import { checkAlternative, refuseNumber } from '../number-checks.js'
import { twoSidedZ } from '../proportions/two-sided-z.js'
import { normalUpperTail } from '../special/normal-tail.js'
import { deltaLift, fiellerLift } from './lift.js'
import { checkPairMoments, type PairMoments } from './pair-moments.js'

/** A ratio of two sums over the members of an arm, such as revenue per order. */
export interface RatioMetric {
  readonly method: 'delta'
  /** Sum of y over sum of x. */
  readonly ratio: number
  /** Of the ratio, to the first order. */
  readonly variance: number
}

/** Two ratio metrics against each other. */
export interface RatioComparison {
  readonly method: 'delta-z'
  readonly a: RatioMetric
  readonly b: RatioMetric
  /** Null when neither arm has any spread. */
  readonly z: number | null
  /** Two-sided unless another alternative was asked for; 1 when `z` is null. */
  readonly pValue: number
  /** Ratio of `a` minus ratio of `b`; null when `z` is. */
  readonly difference: Estimate | null
  /** Relative lift of `a` over `b`; each null when the ratio of `b` is not (surely) above 0, or when `z` is. */
  readonly lift: { readonly delta: Estimate | null; readonly fieller: Estimate | null }
}

function checkedRatio(pairs: PairMoments, path: string): RatioMetric {
  checkPairMoments(pairs, path)
  const { count, y, x, covariance } = pairs
  if (!(x.mean > 0)) refuseNumber(`${path}.x.mean`, 'expected a number above 0')
  const ratio = y.mean / x.mean
  const residual = y.variance - ratio * (2 * covariance - ratio * x.variance)
  return { method: 'delta', ratio, variance: Math.max(0, residual) / count / x.mean / x.mean }
}

/**
 * The ratio of two sums over members, y over x, with its variance by the delta method: the members are the sample,
 * and orders of one member may depend on each other (Deng, Knoblich and Lu 2018, "Applying the delta method in metric
 * analytics", section 3; Cochran, "Sampling Techniques", 6.4). For large arms: with the mean of x ten of its standard errors above
 * 0, 5.3 of 100 simulated tests of equal arms were wrong at 0.05 (5.8 at 4 to 1); at five 6.0 (7.0).
 *
 * @param pairs - y and x of each member: y the numerator, such as revenue, x the denominator, such as orders
 * @throws INVALID_INPUT with path `pairs.count` (at least 2), `pairs.x.mean` (above 0) and the like
 *
 * @example
 * ```ts
 * import { pairMomentsFromSums, ratioMetric } from '@campaignkit/core/statistics'
 * const perOrder = ratioMetric(pairMomentsFromSums({ count: 1000, y: 5200, x: 260, yy: 130_000, xx: 340, xy: 6_000 }))
 * console.log(perOrder.ratio, perOrder.variance.toFixed(4)) // 20 0.3850
 * ```
 */
export function ratioMetric(pairs: PairMoments): RatioMetric {
  return checkedRatio(pairs, 'pairs')
}

/**
 * Compares two ratio metrics by a z test of their difference, each with its variance by the delta method (Deng,
 * Knoblich and Lu 2018, section 3); valid where {@link ratioMetric} is, for independent arms.
 *
 * @param options - `confidence` of the intervals, 0 to 1, both excluded; `alternative` of the p-value
 * @throws INVALID_INPUT with path `a.count`, `b.x.mean`, `confidence` and the like
 *
 * @example
 * ```ts
 * import { compareRatios, pairMomentsFromSums } from '@campaignkit/core/statistics'
 * const { difference, pValue } = compareRatios(
 *   pairMomentsFromSums({ count: 1000, y: 5200, x: 260, yy: 130_000, xx: 340, xy: 6_000 }),
 *   pairMomentsFromSums({ count: 1000, y: 4500, x: 250, yy: 110_000, xx: 330, xy: 5_300 }),
 *   { confidence: 0.95 })
 * console.log(difference?.value, pValue.toFixed(4)) // 2 0.0257
 * ```
 */
export function compareRatios(
  a: PairMoments,
  b: PairMoments,
  {
    confidence,
    alternative = 'two-sided',
  }: { readonly confidence: number; readonly alternative?: Alternative },
): RatioComparison {
  const first = checkedRatio(a, 'a')
  const second = checkedRatio(b, 'b')
  checkOpenShare(confidence, 'confidence')
  checkAlternative(alternative)
  const arms = { method: 'delta-z', a: first, b: second } as const
  const standardError = Math.sqrt(first.variance + second.variance)
  if (standardError === 0) {
    return { ...arms, z: null, pValue: 1, difference: null, lift: { delta: null, fieller: null } }
  }
  const value = first.ratio - second.ratio
  const z = value / standardError
  const critical = twoSidedZ(confidence)
  const spread = critical * standardError
  const above = { mean: first.ratio, variance: first.variance }
  const below = { mean: second.ratio, variance: second.variance }
  const delta = deltaLift(above, below, critical)
  const fieller = fiellerLift(above, below, critical)
  return {
    ...arms,
    z,
    pValue: symmetricPValue(z, alternative, normalUpperTail),
    difference: { value, low: value - spread, high: value + spread, confidence },
    lift: { delta: delta && { ...delta, confidence }, fieller: fieller && { ...fieller, confidence } },
  }
}
