import { checkCount } from '../checks.js'
import { checkFinite, checkNotNegative } from '../number-checks.js'
import { productDifference } from '../special/exact-difference.js'
import type { Moments } from './moments.js'

/** Sums over the members of an arm, as a counter keeps them. */
export interface ValueSums {
  /** Members, those with a value of 0 among them. */
  readonly count: number
  readonly sum: number
  /** Of the squares of the members' values. */
  readonly squares: number
}

/**
 * Count, mean and sample variance from sums. The difference of products is exact to a double: whole cents below 2^53
 * give full precision, however near the values are to each other.
 *
 * @throws INVALID_INPUT with path `count` (at least 1), `sum`, or `squares` when it is too small for the sum
 *
 * @example
 * ```ts
 * import { momentsFromSums } from '@campaignkit/core/statistics'
 * console.log(momentsFromSums({ count: 4, sum: 4250, squares: 10_562_500 })) // { count: 4, mean: 1062.5, variance: 2015625 }
 * ```
 */
export function momentsFromSums({ count, sum, squares }: ValueSums): Moments {
  checkCount(count, 'count', 1)
  checkFinite(sum, 'sum')
  checkNotNegative(squares, 'squares')
  const freedom = count * Math.max(1, count - 1)
  const variance = productDifference(count, squares, sum, sum) / freedom
  // sums of fractions are rounded, so that a spread of nothing may come out a little below 0
  checkNotNegative(variance + 1e-12 * (squares / count), 'squares')
  return { count, mean: sum / count, variance: count === 1 ? 0 : Math.max(0, variance) }
}
