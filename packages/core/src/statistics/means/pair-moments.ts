import { CampaignKitError } from '../../base/error.js'
import { checkCount } from '../checks.js'
import { CompensatedSum } from '../compensated-sum.js'
import { checkFinite, checkNotNegative } from '../number-checks.js'
import { productDifference } from '../special/exact-difference.js'

/** What is to be known of pairs [y, x] of an arm: one pair for each member. */
export interface PairMoments {
  readonly count: number
  readonly y: { readonly mean: number; readonly variance: number }
  readonly x: { readonly mean: number; readonly variance: number }
  /** Sample covariance, over `count - 1`. */
  readonly covariance: number
}

/** Sums over the members of an arm, as a database gives them. */
export interface PairSums {
  readonly count: number
  readonly y: number
  readonly x: number
  readonly yy: number
  readonly xx: number
  readonly xy: number
}

/** @throws INVALID_INPUT with the path of the figure that is wrong */
export function checkPairMoments({ count, y, x, covariance }: PairMoments, path: string, least = 2): void {
  checkCount(count, `${path}.count`, least)
  for (const [name, { mean, variance }] of [
    ['y', y],
    ['x', x],
  ] as const) {
    checkFinite(mean, `${path}.${name}.mean`)
    checkNotNegative(variance, `${path}.${name}.variance`)
  }
  checkFinite(covariance, `${path}.covariance`)
  // rounding may lift a perfect correlation a little above 1
  if (Math.abs(covariance) > Math.sqrt(y.variance) * Math.sqrt(x.variance) * (1 + 1e-9)) {
    throw new CampaignKitError('INVALID_INPUT', `${path}.covariance: more than the variances allow`, {
      path: `${path}.covariance`,
    })
  }
}

/** Pairs one by one in constant memory. */
class PairTally {
  #count = 0
  readonly #y = { mean: new CompensatedSum(), squares: new CompensatedSum() }
  readonly #x = { mean: new CompensatedSum(), squares: new CompensatedSum() }
  readonly #products = new CompensatedSum()

  add([y, x]: readonly [number, number]): void {
    checkFinite(y, `pairs[${this.#count}][0]`)
    checkFinite(x, `pairs[${this.#count}][1]`)
    this.#count += 1
    const fromY = this.#y.mean.distanceTo(y)
    const fromX = this.#x.mean.distanceTo(x)
    const left = fromX - fromX / this.#count
    this.#y.mean.add(fromY / this.#count)
    this.#x.mean.add(fromX / this.#count)
    this.#y.squares.add(fromY * (fromY - fromY / this.#count))
    this.#x.squares.add(fromX * left)
    this.#products.add(fromY * left)
  }

  get moments(): PairMoments {
    const freedom = Math.max(1, this.#count - 1)
    const of = ({ mean, squares }: { mean: CompensatedSum; squares: CompensatedSum }) => ({
      mean: mean.value,
      variance: squares.value / freedom,
    })
    return {
      count: this.#count,
      y: of(this.#y),
      x: of(this.#x),
      covariance: this.#products.value / freedom,
    }
  }
}

/**
 * Means, variances and covariance of a stream of pairs `[y, x]` in one pass and constant memory (Welford 1962;
 * the covariance by Bennett et al. 2009, "Numerically stable, single-pass, parallel statistics algorithms"), with compensated sums.
 *
 * @param pairs - one for each member, both figures finite
 * @throws INVALID_INPUT with path `pairs[i][0]` or `pairs[i][1]`
 *
 * @example
 * ```ts
 * import { pairMomentsOf } from '@campaignkit/core/statistics'
 * const { covariance } = await pairMomentsOf([[1, 2], [2, 4], [6, 6]])
 * console.log(covariance) // 5
 * ```
 */
export async function pairMomentsOf(
  pairs: Iterable<readonly [number, number]> | AsyncIterable<readonly [number, number]>,
): Promise<PairMoments> {
  const tally = new PairTally()
  if (Symbol.iterator in pairs) for (const pair of pairs) tally.add(pair)
  else for await (const pair of pairs) tally.add(pair)
  return tally.moments
}

/**
 * The same from sums over members. What the sums have lost to rounding stays lost; beyond that, nothing is: each
 * difference of products is exact to a double, so sums of whole cents below 2^53 give full precision.
 *
 * @throws INVALID_INPUT with path `sums.count` (at least 1), `sums.x` and the like, `sums.yy` or `sums.xx` when a sum
 * of squares is too small for its sum
 *
 * @example
 * ```ts
 * import { pairMomentsFromSums } from '@campaignkit/core/statistics'
 * const { y } = pairMomentsFromSums({ count: 3, y: 9, x: 12, yy: 41, xx: 56, xy: 46 })
 * console.log(y) // { mean: 3, variance: 7 }
 * ```
 */
export function pairMomentsFromSums({ count, y, x, yy, xx, xy }: PairSums): PairMoments {
  checkCount(count, 'sums.count', 1)
  for (const [name, sum] of Object.entries({ y, x, yy, xx, xy })) checkFinite(sum, `sums.${name}`)
  const freedom = count * Math.max(1, count - 1)
  const covarianceOf = (products: number, left: number, right: number) =>
    productDifference(count, products, left, right) / freedom
  const varianceOf = (squares: number, sum: number, path: string) => {
    const variance = covarianceOf(squares, sum, sum)
    // sums of fractions are rounded, so that a spread of nothing may come out a little below 0
    checkNotNegative(variance + 1e-12 * (squares / count), path)
    return Math.max(0, variance)
  }
  const moments = {
    count,
    y: { mean: y / count, variance: varianceOf(yy, y, 'sums.yy') },
    x: { mean: x / count, variance: varianceOf(xx, x, 'sums.xx') },
    covariance: covarianceOf(xy, y, x),
  }
  checkPairMoments(moments, 'sums', 1)
  return moments
}
