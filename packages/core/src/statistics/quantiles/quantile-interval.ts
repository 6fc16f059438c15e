import { checkOpenShare } from '../checks.js'
import { binomial } from '../distributions/binomial.js'
import { sortedValues } from '../sorted-values.js'
import { checkQuantile, type QuantileType, quantileOfSorted } from './quantile.js'

/** A quantile with an interval that is free of any distribution. */
export interface QuantileEstimate {
  readonly method: 'order-statistics'
  readonly type: QuantileType
  readonly probability: number
  readonly value: number
  /** An observed value; null when there are too few values for this side. */
  readonly low: number | null
  /** An observed value; null when there are too few values for this side. */
  readonly high: number | null
  /** As asked for. */
  readonly confidence: number
  /** The chance to cover of continuous values, at least `confidence`. */
  readonly coverage: number
}

/** Which quantile, and how sure. */
export interface QuantileOptions {
  /** 0 to 1, both excluded. */
  readonly confidence: number
  /** Definition of the quantile, by default 7; the interval does not depend on it. */
  readonly type?: QuantileType
}

export function intervalOfSorted(
  sorted: Float64Array,
  probability: number,
  { confidence, type = 7 }: QuantileOptions,
): QuantileEstimate {
  const tail = (1 - confidence) / 2
  const below = binomial(sorted.length, probability)
  const least = below.lowerQuantile(tail)
  // ranks from 1: P(B < lowRank) and P(B >= highRank) are each at most the tail
  const lowRank = below.lowerTail(least) <= tail ? least + 1 : least
  const highRank = below.upperQuantile(tail) + 1
  const missed = below.lowerTail(lowRank - 1) + below.upperTail(highRank - 1)
  return {
    method: 'order-statistics',
    type,
    probability,
    value: quantileOfSorted(sorted, probability, type),
    low: sorted[lowRank - 1] ?? null,
    high: sorted[highRank - 1] ?? null,
    confidence,
    coverage: 1 - missed,
  }
}

/**
 * A quantile with the interval between two order statistics, free of any distribution: the number of values below the
 * true quantile is binomial (Conover 1999, "Practical Nonparametric Statistics", section 3.2; David and Nagaraja 2003,
 * section 7.1). Each side misses with at most half of the error, so it covers at least as often as it says, and more
 * so with ties; an end is null when there are too few values for it.
 *
 * @param probability - 0 to 1, both excluded
 * @throws INVALID_INPUT with path `values`, `values[i]`, `probability`, `confidence` or `type`
 *
 * @example
 * ```ts
 * import { quantileInterval } from '@campaignkit/core/statistics'
 * const minutes = Array.from({ length: 99 }, (_, index) => index + 1)
 * const { value, low, high } = quantileInterval(minutes, 0.5, { confidence: 0.95 })
 * console.log(value, low, high) // 50 40 60
 * ```
 */
export function quantileInterval(
  values: readonly number[],
  probability: number,
  options: QuantileOptions,
): QuantileEstimate {
  checkQuantileOptions(probability, options)
  return intervalOfSorted(sortedValues(values, 'values'), probability, options)
}

/** @throws INVALID_INPUT with path `probability`, `confidence` or `type` */
export function checkQuantileOptions(probability: number, { confidence, type = 7 }: QuantileOptions): void {
  checkQuantile(probability, type)
  checkOpenShare(probability, 'probability')
  checkOpenShare(confidence, 'confidence')
}
