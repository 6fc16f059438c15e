import { checkPositive } from '../number-checks.js'

/** Chance: a number from 0 up to but not 1, each as likely. */
export type Uniform = () => number

/**
 * A draw from the standard normal distribution by the polar method (Marsaglia and Bray 1964), which is exact. Takes two
 * uniform draws at least, and 2.55 on average.
 *
 * @example
 * ```ts
 * import { drawNormal } from '@campaignkit/core/statistics'
 * const uniform = [0.75, 0.5, 0.25, 0.5].values()
 * console.log(drawNormal(() => uniform.next().value ?? 0).toFixed(6)) // 1.665109
 * ```
 */
export function drawNormal(uniform: Uniform): number {
  for (;;) {
    const x = 2 * uniform() - 1
    const y = 2 * uniform() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
  }
}

/**
 * ln of a draw from the gamma distribution with scale 1, exact (Marsaglia and Tsang 2000, "A simple method for
 * generating gamma variables"); a shape below 1 by theirs of shape + 1. A logarithm, since draws of small shapes
 * underflow.
 */
function drawLogGamma(uniform: Uniform, shape: number): number {
  if (shape < 1) return drawLogGamma(uniform, shape + 1) + Math.log(1 - uniform()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(uniform)
    const root = 1 + c * x
    if (root <= 0) continue
    const v = root ** 3
    if (Math.log(1 - uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}

/**
 * A draw from the gamma distribution with scale 1, exact (Marsaglia and Tsang 2000).
 *
 * @param shape - above 0
 * @throws INVALID_INPUT with path `shape`
 */
export function drawGamma(uniform: Uniform, shape: number): number {
  checkPositive(shape, 'shape')
  return Math.exp(drawLogGamma(uniform, shape))
}

/**
 * A draw from the beta distribution, exact: of two gamma draws the share of the first.
 *
 * @param a - above 0
 * @param b - above 0
 * @throws INVALID_INPUT with path `a` or `b`
 */
export function drawBeta(uniform: Uniform, a: number, b: number): number {
  checkPositive(a, 'a')
  checkPositive(b, 'b')
  return 1 / (1 + Math.exp(drawLogGamma(uniform, b) - drawLogGamma(uniform, a)))
}
