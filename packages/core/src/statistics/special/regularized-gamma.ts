import { checkPositive } from '../parameters.js'
import { continuedFraction } from './continued-fraction.js'
import { deviance } from './deviance.js'
import { linearMinusLog } from './linear-minus-log.js'
import { logGammaOfNext } from './log-gamma-series.js'
import { stirlingFactor } from './stirling.js'
import { tailIntegral } from './tail-integral.js'
import {
  NO_TAILS,
  NOTHING_ABOVE,
  NOTHING_BELOW,
  type Tails,
  tailsFromLower,
  tailsFromUpper,
} from './tails.js'

/** From this shape on the tails are integrated; below, a series and a continued fraction need few terms. */
const LARGE_SHAPE = 20

/** ln(x^shape e^-x / Gamma(shape + 1)); `excess` is shape - x. */
export function logGammaTerm(shape: number, x: number, excess: number): number {
  return -deviance(shape, x, excess) - Math.log(stirlingFactor(shape))
}

/** P over {@link logGammaTerm}: a series of positive terms (Abramowitz and Stegun, 6.5.29). */
function lowerSeries(shape: number, x: number): number {
  let term = 1
  let total = 1
  for (let n = 1; term > total * 1e-17; n += 1) {
    term *= x / (shape + n)
    total += term
  }
  return total
}

/** Q over {@link logGammaTerm}, over shape: Legendre's continued fraction (Abramowitz and Stegun, 6.5.31). */
function upperFraction(shape: number, x: number): number {
  return (
    1 /
    continuedFraction(
      (n) => n * (shape - n),
      (n) => x + 2 * n + 1 - shape,
    )
  )
}

/** Q for a shape and an x below 1, where P may be near 1 (Gautschi 1979, "A computational procedure"). */
function upperNearZero(shape: number, x: number): number {
  const logScale = shape * Math.log(x) - logGammaOfNext(shape)
  let term = 1
  let total = 0
  for (let k = 1; Math.abs(term) > 1e-18; k += 1) {
    term *= -x / k
    total += term / (shape + k)
  }
  return -Math.expm1(logScale) - Math.exp(logScale) * shape * total
}

function smallShapeTails(shape: number, x: number, excess: number): Tails {
  if (x >= 1 && excess <= 0)
    return tailsFromUpper(logGammaTerm(shape, x, excess) + Math.log(shape * upperFraction(shape, x)))
  const tails = tailsFromLower(logGammaTerm(shape, x, excess) + Math.log(lowerSeries(shape, x)))
  if (tails.lower < 0.5 || shape >= 1) return tails
  const upper = upperNearZero(shape, x)
  return { lower: tails.lower, upper, logLower: Math.log1p(-upper), logUpper: Math.log(upper) }
}

/** The tail on the side where x lies, by quadrature. */
function largeShapeTails(shape: number, x: number, excess: number): Tails {
  const power = shape - 1
  const slope = (excess - 1) / x
  const side = excess > 0 ? -1 : 1
  const area = tailIntegral({
    logRatio: (distance) => side * slope * distance - power * linearMinusLog((side * distance) / x),
    slope: -side * slope,
    curvature: power / x / x,
    end: side < 0 ? x : Number.MAX_VALUE,
  })
  const logTail = logGammaTerm(shape, x, excess) + Math.log((shape / x) * area)
  return side < 0 ? tailsFromLower(logTail) : tailsFromUpper(logTail)
}

/**
 * The regularised incomplete gamma functions P (lower) and Q (upper) at a point that is known better than by its
 * rounded x alone: `excess` is shape - x.
 */
export function gammaTailsAt(shape: number, x: number, excess: number): Tails {
  if (Number.isNaN(x)) return NO_TAILS
  if (x <= 0) return NOTHING_BELOW
  if (x === Number.POSITIVE_INFINITY) return NOTHING_ABOVE
  return shape < LARGE_SHAPE ? smallShapeTails(shape, x, excess) : largeShapeTails(shape, x, excess)
}

/**
 * The regularised incomplete gamma functions P(shape, x), as `lower`, and Q(shape, x), as `upper`, with their
 * logarithms.
 *
 * @param shape - above 0
 * @param x - 0 or more; below, as at 0; NaN gives NaN
 * @throws INVALID_INPUT with path `shape`
 *
 * @example
 * ```ts
 * import { regularizedGamma } from '@campaignkit/core/statistics'
 *
 * console.log(regularizedGamma(1, 2).upper === Math.exp(-2)) // true
 * ```
 */
export function regularizedGamma(shape: number, x: number): Tails {
  checkPositive(shape, 'shape')
  return gammaTailsAt(shape, x, shape - x)
}
