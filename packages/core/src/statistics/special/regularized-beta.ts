import { checkPositive } from '../parameters.js'
import { betaFraction, betaSeries, betaUpperNearZero } from './beta-expansions.js'
import { deviance } from './deviance.js'
import { linearMinusLog } from './linear-minus-log.js'
import { logBeta } from './log-beta.js'
import { type SharePoint, seenFromOne, sharePoint } from './share-point.js'
import { stirlingFactor } from './stirling.js'
import { tailIntegral } from './tail-integral.js'
import {
  mirrored,
  NO_TAILS,
  NOTHING_ABOVE,
  NOTHING_BELOW,
  type Tails,
  tailsFromLower,
  tailsFromUpper,
} from './tails.js'

/** When both parameters reach it, the tails are integrated; below, expansions need few terms. */
const LARGE_PARAMETERS = 20

/** ln(x^a y^b / B(a, b)) through deviances, without a difference of large logarithms. */
export function logBetaTerm(a: number, b: number, { x, y, excess }: SharePoint): number {
  const sum = a + b
  const spread = deviance(a, sum * x, excess) + deviance(b, sum * y, -excess)
  const factor = ((a / stirlingFactor(a)) * (b / stirlingFactor(b)) * stirlingFactor(sum)) / sum
  return Math.log(factor) - spread
}

/** ln I_x(a, b) for so small an x that only its power counts, from ln x, which may be below the doubles. */
export function logBetaNearZero(a: number, b: number, logX: number): number {
  return a * logX - Math.log(a) - logBeta(a, b)
}

function largeParameterTails(a: number, b: number, point: SharePoint): Tails {
  const { x, y, excess } = point
  const slope = (excess + x - y) / (x * y)
  const side = excess > 0 ? -1 : 1
  const area = tailIntegral({
    logRatio: (distance) =>
      side * slope * distance -
      (a - 1) * linearMinusLog((side * distance) / x) -
      (b - 1) * linearMinusLog((-side * distance) / y),
    slope: -side * slope,
    curvature: (a - 1) / x / x + (b - 1) / y / y,
    end: side < 0 ? x : y,
  })
  const logTail = logBetaTerm(a, b, point) + Math.log(area / (x * y))
  return side < 0 ? tailsFromLower(logTail) : tailsFromUpper(logTail)
}

/** For an `a` that is small, and no larger than b unless both are below 1. */
function smallParameterTails(a: number, b: number, point: SharePoint): Tails {
  const { x, excess } = point
  const isNearZero = a < 1 && (b < 1 || (a + b) * x < 0.5)
  if (excess <= 0 && !isNearZero) {
    const other = seenFromOne(point)
    return tailsFromUpper(logBetaTerm(b, a, other) + Math.log(betaFraction(b, a, other)))
  }
  const tails = tailsFromLower(logBetaTerm(a, b, point) + Math.log(betaSeries(a, b, x) / a))
  if (tails.lower < 0.5 || a >= 1) return tails
  const upper = betaUpperNearZero(a, b, x)
  return { lower: tails.lower, upper, logLower: Math.log1p(-upper), logUpper: Math.log(upper) }
}

/** The regularised incomplete beta function at a point strictly inside (0, 1), and its complement. */
export function betaTailsAt(a: number, b: number, point: SharePoint): Tails {
  if (Math.min(a, b) >= LARGE_PARAMETERS) return largeParameterTails(a, b, point)
  const isOtherWay = Math.max(a, b) < 1 ? point.x > 0.5 : a > b
  return isOtherWay
    ? mirrored(smallParameterTails(b, a, seenFromOne(point)))
    : smallParameterTails(a, b, point)
}

/**
 * The regularised incomplete beta function I_x(a, b), as `lower`, and its complement, as `upper`, with their
 * logarithms.
 *
 * @param a - above 0
 * @param b - above 0
 * @param x - 0 to 1; beyond, as at the nearer end; NaN gives NaN
 * @throws INVALID_INPUT with path `a` or `b`
 *
 * @example
 * ```ts
 * import { regularizedBeta } from '@campaignkit/core/statistics'
 *
 * console.log(regularizedBeta(2, 3, 0.25).lower.toFixed(6)) // 0.261719
 * ```
 */
export function regularizedBeta(a: number, b: number, x: number): Tails {
  checkPositive(a, 'a')
  checkPositive(b, 'b')
  if (Number.isNaN(x)) return NO_TAILS
  if (x <= 0) return NOTHING_BELOW
  if (x >= 1) return NOTHING_ABOVE
  return betaTailsAt(a, b, sharePoint(a, b, x))
}
