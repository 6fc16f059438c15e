export const LOG_SQRT_TWO_PI = 0.9189385332046728
export const SQRT_TWO_PI = 2.5066282746310002
/** Below, the series of the body; from here on, the fraction of the tail: both hold 15 digits on their side. */
const TAIL_BEGINS = 1.5
/** Terms of the fraction times z^2 that it takes for 16 digits. */
const FRACTION_EFFORT = 400

/** Beyond, the bell is below the smallest double. */
const BELL_ENDS = 39

/** e^(-z^2 / 2): the square of the leading 24 bits of z is exact, so a large exponent loses no digits. */
function bell(z: number): number {
  if (z > BELL_ENDS) return 0
  const leading = Math.fround(z)
  return Math.exp(-(leading * leading) / 2) * Math.exp(-((z - leading) * (z + leading)) / 2)
}

/**
 * Mills' ratio Q(z) / phi(z) of the standard normal distribution for `z >= 1.5`, by Laplace's continued fraction
 * 1/(z + 1/(z + 2/(z + 3/(z + ...)))) (Abramowitz and Stegun, 26.2.14), from its far end.
 */
function tailRatio(z: number): number {
  let fraction = z
  for (let term = 10 + Math.ceil(FRACTION_EFFORT / (z * z)); term >= 1; term -= 1)
    fraction = z + term / fraction
  return 1 / fraction
}

/**
 * Phi(z) - 1/2 for `0 <= z < 1.5` by a series of positive terms (Abramowitz and Stegun, 26.2.11), so with all its
 * digits near 0.
 */
export function bodyArea(z: number): number {
  let term = z
  let total = z
  for (let odd = 3; term > total * 1e-18; odd += 2) {
    term *= (z * z) / odd
    total += term
  }
  return (total * Math.exp((-z * z) / 2)) / SQRT_TWO_PI
}

/**
 * Q(z) = P(Z > z) of the standard normal distribution, as an upper tail: relative error at most 1e-14 wherever the
 * result is at least 1e-300 (z up to 37.04); below, it loses digits and ends in 0.
 */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z)
  if (z < TAIL_BEGINS) return 0.5 - bodyArea(z)
  return (bell(z) * tailRatio(z)) / SQRT_TWO_PI
}

/** ln Q(z): as exact as {@link normalUpperTail}, and finite for every finite z up to 1e154. */
export function logNormalUpperTail(z: number): number {
  if (z < 0) return Math.log1p(-normalUpperTail(-z))
  if (z < TAIL_BEGINS) return Math.log(normalUpperTail(z))
  return (-z * z) / 2 - LOG_SQRT_TWO_PI + Math.log(tailRatio(z))
}
