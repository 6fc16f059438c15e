import { bodyArea, LOG_SQRT_TWO_PI, logNormalUpperTail, normalUpperTail, SQRT_TWO_PI } from './normal-tail.js'

/** z with an error below 4.5e-4 for `0 < p <= 0.5` (Abramowitz and Stegun, 26.2.23): where the iteration begins. */
function roughUpperQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  return t - above / below
}

/** Below it a double loses digits, so logarithms are compared. */
const SMALL = 1e-290

/** ln(Q(z) / p), from the quotient where that keeps more digits. */
function offsetAt(z: number, p: number, logTail: number): number {
  return p < SMALL ? logTail - Math.log(p) : Math.log(normalUpperTail(z) / p)
}

/** The z near 0 whose area from 0 is 1/2 - p, which is exact there. */
function centralQuantile(p: number): number {
  const area = 0.5 - p
  let z = area * SQRT_TWO_PI
  for (let step = 0; step < 5; step += 1) z -= (bodyArea(z) - area) * Math.exp((z * z) / 2 + LOG_SQRT_TWO_PI)
  return z
}

/**
 * The z for which `Q(z) = p`: Halley's iteration on ln Q, whose slope is minus the hazard h = phi/Q and whose
 * curvature is -h (h - z); near the middle Newton's on the area between 0 and z. Relative error at most 1e-14 for
 * every double p in (0, 1), beyond what the rounding of p itself decides.
 *
 * @param p - upper tail probability, 0 < p < 1; outside, NaN
 */
export function normalUpperQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return Number.NaN
  if (p > 0.5) return -normalUpperQuantile(1 - p)
  if (p > 0.25) return centralQuantile(p)
  let z = roughUpperQuantile(p)
  for (let step = 0; step < 3; step += 1) {
    const logTail = logNormalUpperTail(z)
    const off = offsetAt(z, p, logTail)
    const hazard = Math.exp((-z * z) / 2 - LOG_SQRT_TWO_PI - logTail)
    z += (2 * off * hazard) / (2 * hazard * hazard + off * hazard * (hazard - z))
  }
  return z
}
