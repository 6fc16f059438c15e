import { checkCount } from '../checks.js'
import { CompensatedSum } from '../compensated-sum.js'
import { checkFinite, checkNotNegative } from '../number-checks.js'

/** What a test of means needs to know of the values of an arm. */
export interface Moments {
  readonly count: number
  /** 0 when there are no values. */
  readonly mean: number
  /** Sample variance, that is over `count - 1`; 0 when there are fewer than two values. */
  readonly variance: number
}

/** @throws INVALID_INPUT with the path of the figure that is wrong */
export function checkMoments({ count, mean, variance }: Moments, path: string, least = 2): void {
  checkCount(count, `${path}.count`, least)
  checkFinite(mean, `${path}.mean`)
  checkNotNegative(variance, `${path}.variance`)
}

/** Values one by one in constant memory: Welford's recurrence (1962) with compensated sums. */
class MomentsTally {
  #count = 0
  readonly #mean = new CompensatedSum()
  readonly #squares = new CompensatedSum()

  add(value: number): void {
    checkFinite(value, `values[${this.#count}]`)
    this.#count += 1
    const distance = this.#mean.distanceTo(value)
    const step = distance / this.#count
    this.#mean.add(step)
    this.#squares.add(distance * (distance - step))
  }

  get moments(): Moments {
    const variance = this.#count < 2 ? 0 : this.#squares.value / (this.#count - 1)
    return { count: this.#count, mean: this.#mean.value, variance }
  }
}

/**
 * Count, mean and sample variance of a stream in one pass and constant memory, by Welford's recurrence ("Note on a
 * method for calculating corrected sums of squares and products", Technometrics 1962) with compensated
 * sums: full precision for values that differ in their last digits only, and for millions of them.
 *
 * @param values - each finite; members that bought nothing are zeros, not left out
 * @throws INVALID_INPUT with path `values[i]`
 *
 * @example
 * ```ts
 * import { momentsOf } from '@campaignkit/core/statistics'
 * console.log(await momentsOf([0, 0, 12.5, 30])) // { count: 4, mean: 10.625, variance: 201.5625 }
 * ```
 */
export async function momentsOf(values: Iterable<number> | AsyncIterable<number>): Promise<Moments> {
  const tally = new MomentsTally()
  if (Symbol.iterator in values) for (const value of values) tally.add(value)
  else for await (const value of values) tally.add(value)
  return tally.moments
}

function mergeTwo(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b
  if (b.count === 0) return a
  const count = a.count + b.count
  const apart = b.mean - a.mean
  const squares =
    a.variance * (a.count - 1) + b.variance * (b.count - 1) + apart * apart * a.count * (b.count / count)
  return { count, mean: a.mean + apart * (b.count / count), variance: squares / (count - 1) }
}

/**
 * The moments of parts put together, as if all their values had been in one stream (Chan, Golub and LeVeque 1983,
 * "Algorithms for computing the sample variance").
 *
 * @throws INVALID_INPUT with path `parts[i].count` and the like
 *
 * @example
 * ```ts
 * import { mergeMoments, momentsOf } from '@campaignkit/core/statistics'
 * console.log(mergeMoments(await momentsOf([1, 2]), await momentsOf([3, 4, 5]))) // { count: 5, mean: 3, variance: 2.5 }
 * ```
 */
export function mergeMoments(...parts: readonly Moments[]): Moments {
  parts.forEach((part, index) => {
    checkMoments(part, `parts[${index}]`, 0)
  })
  return parts.reduce(mergeTwo, { count: 0, mean: 0, variance: 0 })
}
