import { checkPositive } from '../parameters.js'
import { logBeta } from '../special/log-beta.js'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { betaTailsAt, logBetaNearZero } from '../special/regularized-beta.js'
import { mirrored, NO_TAILS, NOTHING_ABOVE, type Tails, tailsFromUpper } from '../special/tails.js'
import { continuousDistribution } from './continuous.js'
import type { Distribution } from './distribution.js'
import { positiveQuantile } from './positive-quantile.js'

/** From here on t^2 may overflow, and the tail is a power of t to the last digit. */
const POWER_LAW_BEGINS = 1e140

/** ln(1 + t^2 / df). */
function logSpread(df: number, size: number): number {
  return size > POWER_LAW_BEGINS ? 2 * Math.log(size) - Math.log(df) : Math.log1p((size * size) / df)
}

/** The tails of |T| at a size above 0. */
function sizeTails(df: number, size: number): Tails {
  if (size === Number.POSITIVE_INFINITY) return NOTHING_ABOVE
  if (size > POWER_LAW_BEGINS) return tailsFromUpper(logBetaNearZero(df / 2, 0.5, -logSpread(df, size)))
  const square = size * size
  const sum = df + square
  const excess = (df / 2) * (((size - 1) * (size + 1)) / sum)
  return mirrored(betaTailsAt(df / 2, 0.5, { x: df / sum, y: square / sum, excess }))
}

/** The tails of T at a t above 0 from those of |T|. */
function halved({ upper, logUpper }: Tails): Tails {
  return {
    lower: 1 - upper / 2,
    upper: upper / 2,
    logLower: Math.log1p(-upper / 2),
    logUpper: logUpper - Math.LN2,
  }
}

const MIDDLE: Tails = { lower: 0.5, upper: 0.5, logLower: -Math.LN2, logUpper: -Math.LN2 }

/**
 * Student's t distribution.
 *
 * @param degreesOfFreedom - above 0, whole or not
 * @throws INVALID_INPUT with path `degreesOfFreedom`
 *
 * @example
 * ```ts
 * import { studentT } from '@campaignkit/core/statistics'
 *
 * console.log((2 * studentT(9).upperTail(2.5)).toFixed(6)) // 0.033862
 * ```
 */
export function studentT(degreesOfFreedom: number): Distribution {
  checkPositive(degreesOfFreedom, 'degreesOfFreedom')
  const df = degreesOfFreedom
  const logHeight = -logBeta(df / 2, 0.5) - Math.log(df) / 2
  const logDensity = (t: number) => logHeight - ((df + 1) / 2) * logSpread(df, Math.abs(t))
  /** Near the middle the area between 0 and t keeps the digits that the tail loses. */
  const upperQuantile = (probability: number): number => {
    if (probability === 0.5) return 0
    const isCentral = probability > 0.25
    return positiveQuantile({
      side: isCentral ? 'lower' : 'upper',
      probability: isCentral ? 1 - 2 * probability : 2 * probability,
      tails: (t) => sizeTails(df, t),
      logDensity: (t) => logDensity(t) + Math.LN2,
      start: normalUpperQuantile(probability),
    })
  }
  return continuousDistribution({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    logDensity,
    tails: (t) => {
      if (Number.isNaN(t)) return NO_TAILS
      if (t === 0) return MIDDLE
      return t < 0 ? mirrored(halved(sizeTails(df, -t))) : halved(sizeTails(df, t))
    },
    quantile: (side, probability) => (side === 'upper' ? 1 : -1) * upperQuantile(probability),
  })
}
