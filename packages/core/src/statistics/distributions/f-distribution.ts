import { checkPositive } from '../parameters.js'
import { betaTailsAt, logBetaNearZero, logBetaTerm } from '../special/regularized-beta.js'
import type { SharePoint } from '../special/share-point.js'
import {
  NO_TAILS,
  NOTHING_ABOVE,
  NOTHING_BELOW,
  type Tails,
  tailsFromLower,
  tailsFromUpper,
} from '../special/tails.js'
import { continuousDistribution } from './continuous.js'
import type { Distribution } from './distribution.js'
import { positiveQuantile } from './positive-quantile.js'
import { roughRatioQuantile } from './ratio-quantile.js'

/** Half the degrees of freedom, which are the parameters of the beta distribution of a f / (a f + b). */
interface Halves {
  readonly a: number
  readonly b: number
}

/** When ln(a f / b) is farther from 0, a tail is a power of f to the last digit, and the share leaves the doubles. */
const POWER_LAW_BEGINS = 640

function logRatioAt({ a, b }: Halves, f: number): number {
  return Math.log(f) + Math.log(a / b)
}

function shareAt({ a, b }: Halves, f: number): SharePoint {
  const sum = a * f + b
  const y = b / sum
  return { x: (a * f) / sum, y, excess: a * (1 - f) * y }
}

function tailsAt({ a, b }: Halves, f: number): Tails {
  if (Number.isNaN(f)) return NO_TAILS
  if (f <= 0) return NOTHING_BELOW
  if (f === Number.POSITIVE_INFINITY) return NOTHING_ABOVE
  const logRatio = logRatioAt({ a, b }, f)
  if (logRatio > POWER_LAW_BEGINS) return tailsFromUpper(logBetaNearZero(b, a, -logRatio))
  if (logRatio < -POWER_LAW_BEGINS) return tailsFromLower(logBetaNearZero(a, b, logRatio))
  return betaTailsAt(a, b, shareAt({ a, b }, f))
}

/** ln of the density at 0, where only the power of x counts. */
function logDensityAtZero({ a }: Halves): number {
  if (a === 1) return 0
  return a < 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
}

function logDensityAt({ a, b }: Halves, f: number): number {
  if (f < 0 || f === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
  if (f === 0) return logDensityAtZero({ a, b })
  const logRatio = logRatioAt({ a, b }, f)
  if (logRatio > POWER_LAW_BEGINS) return logBetaNearZero(b, a, -logRatio) + Math.log(b) - Math.log(f)
  if (logRatio < -POWER_LAW_BEGINS) return logBetaNearZero(a, b, logRatio) + Math.log(a) - Math.log(f)
  return logBetaTerm(a, b, shareAt({ a, b }, f)) - Math.log(f)
}

/**
 * The F distribution, of the ratio of two mean squares.
 *
 * @param df1 - degrees of freedom of the numerator, above 0, whole or not
 * @param df2 - degrees of freedom of the denominator, above 0, whole or not
 * @throws INVALID_INPUT with path `df1` or `df2`
 *
 * @example
 * ```ts
 * import { fDistribution } from '@campaignkit/core/statistics'
 *
 * console.log(fDistribution(4, 20).upperQuantile(0.05).toFixed(6)) // 2.866081
 * ```
 */
export function fDistribution(df1: number, df2: number): Distribution {
  checkPositive(df1, 'df1')
  checkPositive(df2, 'df2')
  const halves = { a: df1 / 2, b: df2 / 2 }
  const tails = (f: number) => tailsAt(halves, f)
  const logDensity = (f: number) => logDensityAt(halves, f)
  return continuousDistribution({
    low: 0,
    high: Number.POSITIVE_INFINITY,
    logDensity,
    tails,
    quantile: (side, probability) => {
      const start = roughRatioQuantile(halves.a, halves.b, side, probability)
      return positiveQuantile({ side, probability, tails, logDensity, start })
    },
  })
}
