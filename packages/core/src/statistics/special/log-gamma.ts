import { linearMinusLog } from './linear-minus-log.js'
import { logGammaNearOne, logGammaNearTwo } from './log-gamma-series.js'
import { STIRLING_BEGINS, stirlingCorrection, stirlingCorrectionDrop } from './stirling.js'

const HALF_LOG_TWO_PI = 0.9189385332046728

/**
 * ln Gamma(x), the natural logarithm of the gamma function, for `x > 0`; else NaN. Relative error at most 1e-14, also
 * near its zeros 1 and 2: a Taylor series there (Abramowitz and Stegun, 6.1.33), the recurrence up to 10, Stirling's
 * series from there on (6.1.41).
 *
 * @example
 * ```ts
 * import { logGamma } from '@campaignkit/core/statistics'
 *
 * console.log(Math.exp(logGamma(5)).toFixed(9)) // 24.000000000
 * ```
 */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN
  if (x < 0.5) return logGammaNearOne(x) - Math.log(x)
  if (x < 1.5) return logGammaNearOne(x - 1)
  if (x >= STIRLING_BEGINS)
    return (x - 0.5) * (Math.log(x) - 1) - 0.5 + HALF_LOG_TWO_PI + stirlingCorrection(x)
  let product = 1
  let rest = x
  while (rest > 2.5) {
    rest -= 1
    product *= rest
  }
  return Math.log(product) + logGammaNearTwo(rest - 2)
}

/** ln(Gamma(x + step) / Gamma(x)) for `x > 0` and a step of 0 to 1, with all its digits for a small step. */
export function logGammaRise(x: number, step: number): number {
  let rise = 0
  let from = x
  for (; from < STIRLING_BEGINS; from += 1) rise -= Math.log1p(step / from)
  const ratio = step / from
  return (
    rise +
    step * Math.log(from + step) -
    from * linearMinusLog(ratio) -
    Math.log1p(ratio) / 2 -
    stirlingCorrectionDrop(from, step)
  )
}
