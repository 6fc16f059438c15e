import { logGammaOfNext } from './log-gamma-series.js'

/** From here on the series holds 16 digits. */
export const STIRLING_BEGINS = 10

/** B(2k) / (2k (2k - 1)), from k = 1 (Abramowitz and Stegun, 6.1.41). */
const COEFFICIENTS = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
  0.0008417508417508417, -0.0019175269175269174, 0.00641025641025641, -0.029550653594771242,
]

/** ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi) / 2) for `x >= 10`: Stirling's correction. */
export function stirlingCorrection(x: number): number {
  const square = 1 / (x * x)
  return COEFFICIENTS.reduceRight((sum, coefficient) => sum * square + coefficient, 0) / x
}

/** How much the correction falls from x to x + step, with all its digits for a small step. */
export function stirlingCorrectionDrop(x: number, step: number): number {
  const logRatio = Math.log1p(step / x)
  return COEFFICIENTS.reduce((sum, coefficient, k) => {
    const power = -1 - 2 * k
    return sum - coefficient * x ** power * Math.expm1(power * logRatio)
  }, 0)
}

/** Gamma(x + 1) for `0 <= x < 10`. */
function gammaOfNext(x: number): number {
  let product = 1
  let rest = x
  for (; rest > 1.5; rest -= 1) product *= rest
  return product * Math.exp(logGammaOfNext(rest))
}

/**
 * Gamma(x + 1) e^x / x^x for `x >= 0`: what is left of x! when its great powers are taken out; 1 at 0, near
 * sqrt(2 pi x) for a large x. Densities built from it and from deviances never subtract one large logarithm from
 * another (Loader 2000).
 */
export function stirlingFactor(x: number): number {
  if (x >= STIRLING_BEGINS) return Math.sqrt(2 * Math.PI * x) * Math.exp(stirlingCorrection(x))
  return (gammaOfNext(x) * Math.exp(x)) / x ** x
}
