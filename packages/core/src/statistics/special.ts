const LOG_SQRT_TWO_PI = 0.9189385332046728
const SQRT_TWO_PI = 2.5066282746310002
/** Below, the series of the body; from here on, the fraction of the tail: both hold 15 digits on their side. */
const TAIL_BEGINS = 2.5
const FRACTION_DEPTH = 100

/**
 * Mills' ratio Q(z) / phi(z) of the standard normal distribution for `z >= 2.5`, by Laplace's continued fraction
 * 1/(z + 1/(z + 2/(z + 3/(z + ...)))) (Abramowitz and Stegun, 26.2.14), cut after 100 terms.
 */
function tailRatio(z: number): number {
  let fraction = z
  for (let term = FRACTION_DEPTH; term >= 1; term -= 1) fraction = z + term / fraction
  return 1 / fraction
}

/** Phi(z) - 1/2 for `0 <= z < 2.5` by a series of positive terms (Abramowitz and Stegun, 26.2.11). */
function bodyArea(z: number): number {
  let term = z
  let total = z
  for (let odd = 3; term > total * 1e-18; odd += 2) {
    term *= (z * z) / odd
    total += term
  }
  return (total * Math.exp((-z * z) / 2)) / SQRT_TWO_PI
}

/**
 * Q(z) = P(Z > z) of the standard normal distribution, as an upper tail: relative error at most 1e-12 wherever the
 * result is at least 1e-300 (z up to 37.04); below, it loses digits and ends in 0.
 */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z)
  if (z < TAIL_BEGINS) return 0.5 - bodyArea(z)
  return (Math.exp((-z * z) / 2) * tailRatio(z)) / SQRT_TWO_PI
}

/** ln Q(z): as exact as {@link normalUpperTail}, and finite for every finite z up to 1e154. */
export function logNormalUpperTail(z: number): number {
  if (z < 0) return Math.log1p(-normalUpperTail(-z))
  if (z < TAIL_BEGINS) return Math.log(normalUpperTail(z))
  return (-z * z) / 2 - LOG_SQRT_TWO_PI + Math.log(tailRatio(z))
}

/** z with an error below 4.5e-4 for `0 < p <= 0.5` (Abramowitz and Stegun, 26.2.23): where the iteration begins. */
function roughUpperQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  return t - above / below
}

/**
 * The z for which `Q(z) = p`: Halley's iteration on ln Q, whose slope is minus the hazard h = phi/Q and whose
 * curvature is -h (h - z). Error at most 1e-14 (relative where |z| > 1) for every double p in (0, 1).
 *
 * @param p - upper tail probability, 0 < p < 1; outside, NaN
 */
export function normalUpperQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return Number.NaN
  if (p > 0.5) return -normalUpperQuantile(1 - p)
  let z = roughUpperQuantile(p)
  for (let step = 0; step < 3; step += 1) {
    const logTail = logNormalUpperTail(z)
    const off = logTail - Math.log(p)
    const hazard = Math.exp((-z * z) / 2 - LOG_SQRT_TWO_PI - logTail)
    z += (2 * off * hazard) / (2 * hazard * hazard + off * hazard * (hazard - z))
  }
  return z
}
