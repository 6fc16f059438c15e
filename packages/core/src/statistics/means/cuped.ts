import { productDifference } from '../special/exact-difference.js'
import type { Moments } from './moments.js'
import { checkPairMoments, type PairMoments } from './pair-moments.js'
import { type CompareMeansOptions, type MeanComparison, welchTest } from './welch.js'

/** What CUPED made of the arms. */
export interface CupedAdjustment {
  /** How much of the covariate is taken off each outcome; 0 when the covariate does not vary. */
  readonly theta: number
  /** Correlation of outcome and covariate within the arms, -1 to 1; 0 when either does not vary. */
  readonly correlation: number
  /** The adjusted outcome of each arm, in the order given. */
  readonly arms: readonly Moments[]
}

/** Two arms compared on outcomes adjusted by CUPED. */
export interface CupedComparison {
  readonly method: 'cuped-welch-t'
  readonly theta: number
  readonly correlation: number
  /** 1 minus the variance of the adjusted difference over that of the plain one: 0.4 saves 40 % of the members. */
  readonly varianceReduction: number
  /** The means as adjusted. */
  readonly a: Moments
  readonly b: Moments
  /** Welch's test of the adjusted outcomes. */
  readonly comparison: MeanComparison
}

/** Variances and covariance within the arms, pooled by degrees of freedom. */
function pooled(arms: readonly PairMoments[]): { yy: number; xx: number; xy: number } {
  const total = { yy: 0, xx: 0, xy: 0 }
  for (const { count, y, x, covariance } of arms) {
    total.yy += (count - 1) * y.variance
    total.xx += (count - 1) * x.variance
    total.xy += (count - 1) * covariance
  }
  return total
}

function adjusted({ count, y, x, covariance }: PairMoments, theta: number, overall: number): Moments {
  const variance = productDifference(1, y.variance, theta, 2 * covariance - theta * x.variance)
  return { count, mean: y.mean - theta * (x.mean - overall), variance: Math.max(0, variance) }
}

function adjust(arms: readonly PairMoments[], pathOf: (index: number) => string): CupedAdjustment {
  arms.forEach((arm, index) => {
    checkPairMoments(arm, pathOf(index))
  })
  const { yy, xx, xy } = pooled(arms)
  const theta = xx === 0 ? 0 : xy / xx
  const correlation = xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx) / Math.sqrt(yy)
  const members = arms.reduce((sum, { count }) => sum + count, 0)
  const overall = arms.reduce((sum, { count, x }) => sum + x.mean * (count / members), 0)
  return {
    theta,
    correlation: Math.max(-1, Math.min(1, correlation)),
    arms: arms.map((arm) => adjusted(arm, theta, overall)),
  }
}

/**
 * CUPED: takes off each outcome y what a covariate x from before the experiment predicts, `y - theta (x - mean x)`,
 * with one theta for all arms, the covariance over the variance within arms, pooled (Deng, Xu, Kohavi and Walker 2013,
 * "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", eq. 3 to 5). The
 * variance within arms falls by the square of the correlation. The covariate must be from before the assignment: one
 * that the message can move biases the result. For large samples: what theta costs is
 * not charged, so that at 0.05 6.3 of 100 simulated tests were wrong with 10 members an arm, 5.8 with 20, 5.3 with 30.
 *
 * @param arms - y the outcome, x the covariate of each member
 * @throws INVALID_INPUT with path `arms[i].count` (at least 2), `arms[i].covariance` and the like
 *
 * @example
 * ```ts
 * import { cupedAdjusted } from '@campaignkit/core/statistics'
 * const { theta, arms } = cupedAdjusted([
 *   { count: 100, y: { mean: 12, variance: 25 }, x: { mean: 10, variance: 16 }, covariance: 12 },
 *   { count: 100, y: { mean: 11, variance: 25 }, x: { mean: 11, variance: 16 }, covariance: 12 },
 * ])
 * console.log(theta, arms[0]) // 0.75 { count: 100, mean: 12.375, variance: 16 }
 * ```
 */
export function cupedAdjusted(arms: readonly PairMoments[]): CupedAdjustment {
  return adjust(arms, (index) => `arms[${index}]`)
}

/**
 * Compares two arms by Welch's test of outcomes adjusted by CUPED; see {@link cupedAdjusted} for source and limits.
 *
 * @throws INVALID_INPUT with path `a.count` (at least 2), `b.covariance`, `confidence` and the like
 *
 * @example
 * ```ts
 * import { compareWithCuped } from '@campaignkit/core/statistics'
 * const { varianceReduction, comparison } = compareWithCuped(
 *   { count: 100, y: { mean: 12, variance: 25 }, x: { mean: 10, variance: 16 }, covariance: 12 },
 *   { count: 100, y: { mean: 11, variance: 25 }, x: { mean: 11, variance: 16 }, covariance: 12 },
 *   { confidence: 0.95 })
 * console.log(varianceReduction.toFixed(2), comparison.pValue.toFixed(4)) // 0.36 0.0023
 * ```
 */
export function compareWithCuped(
  a: PairMoments,
  b: PairMoments,
  options: CompareMeansOptions,
): CupedComparison {
  const { theta, correlation, arms } = adjust([a, b], (index) => (index === 0 ? 'a' : 'b'))
  const [first, second] = arms as readonly [Moments, Moments]
  const comparison = welchTest(first, second, options)
  const plain = a.y.variance / a.count + b.y.variance / b.count
  const varianceReduction = plain === 0 ? 0 : 1 - comparison.standardError ** 2 / plain
  return { method: 'cuped-welch-t', theta, correlation, varianceReduction, a: first, b: second, comparison }
}
