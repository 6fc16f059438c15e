import { logGamma } from '../special/log-gamma.js'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { gammaTailsAt, logGammaTerm } from '../special/regularized-gamma.js'
import type { Side } from './continuous.js'
import { positiveQuantile } from './positive-quantile.js'

/** ln of the density of the gamma distribution of scale 1, times x. */
function logDensity(shape: number, x: number): number {
  return logGammaTerm(shape, x, shape - x) + Math.log(shape) - Math.log(x)
}

/** By the cube root of Wilson and Hilferty (1931), or, left of where that holds, by the power law near 0. */
function roughQuantile(shape: number, side: Side, probability: number): number {
  const z = normalUpperQuantile(probability) * (side === 'upper' ? 1 : -1)
  const variance = 1 / (9 * shape)
  const root = 1 - variance + z * Math.sqrt(variance)
  const cubed = root > 0 ? shape * root ** 3 : 0
  if (side === 'upper' && cubed > 0) return cubed
  const power = Math.exp((Math.log(probability) + logGamma(shape + 1)) / shape)
  return Math.max(cubed, Math.min(power, shape), Number.MIN_VALUE)
}

/** The quantile of the gamma distribution of scale 1, for a probability above 0 and at most 0.5. */
export function gammaQuantile(shape: number, side: Side, probability: number): number {
  return positiveQuantile({
    side,
    probability,
    tails: (x) => gammaTailsAt(shape, x, shape - x),
    logDensity: (x) => logDensity(shape, x),
    start: roughQuantile(shape, side, probability),
  })
}
