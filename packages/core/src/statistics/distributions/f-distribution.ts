import { betaTailsAt, logBetaTerm } from '../special/regularized-beta.js'
import type { SharePoint } from '../special/share-point.js'
import { NO_TAILS, NOTHING_ABOVE, NOTHING_BELOW } from '../special/tails.js'
import { continuousDistribution } from './continuous.js'
import type { Distribution } from './distribution.js'
import { checkPositive } from './parameters.js'
import { positiveQuantile } from './positive-quantile.js'
import { roughRatioQuantile } from './ratio-quantile.js'

/** ln of the density at 0, where only the power of x counts. */
function logDensityAtZero(df1: number): number {
  if (df1 === 2) return 0
  return df1 < 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
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
  const a = df1 / 2
  const b = df2 / 2
  const share = (f: number): SharePoint => {
    const sum = df1 * f + df2
    const y = df2 / sum
    return { x: (df1 * f) / sum, y, excess: a * (1 - f) * y }
  }
  const tails = (f: number) => {
    if (Number.isNaN(f)) return NO_TAILS
    if (f <= 0) return NOTHING_BELOW
    return f === Number.POSITIVE_INFINITY ? NOTHING_ABOVE : betaTailsAt(a, b, share(f))
  }
  const logDensity = (f: number) => {
    if (f < 0 || f === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
    return f === 0 ? logDensityAtZero(df1) : logBetaTerm(a, b, share(f)) - Math.log(f)
  }
  return continuousDistribution({
    low: 0,
    high: Number.POSITIVE_INFINITY,
    logDensity,
    tails,
    quantile: (side, probability) => {
      const start = roughRatioQuantile(a, b, side, probability)
      return positiveQuantile({ side, probability, tails, logDensity, start })
    },
  })
}
