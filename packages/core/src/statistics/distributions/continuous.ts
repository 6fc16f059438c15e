import { checkProbability } from '../checks.js'
import type { Tails } from '../special/tails.js'
import type { Distribution } from './distribution.js'

/** Which tail a probability belongs to. */
export type Side = 'lower' | 'upper'

/** What a continuous distribution is made of. */
export interface ContinuousParts {
  /** The ends of the support. */
  readonly low: number
  readonly high: number
  readonly logDensity: (x: number) => number
  readonly tails: (x: number) => Tails
  /** The point whose tail on this side is `probability`, above 0 and at most 0.5. */
  readonly quantile: (side: Side, probability: number) => number
}

/** The distribution, from its tails and from a quantile that need only know the smaller side. */
export function continuousDistribution({
  low,
  high,
  logDensity,
  tails,
  quantile,
}: ContinuousParts): Distribution {
  const bySmallerSide = (side: Side, probability: number): number => {
    checkProbability(probability, 'probability')
    if (probability === 0) return side === 'lower' ? low : high
    if (probability === 1) return side === 'lower' ? high : low
    // from 0.5 on the complement is exact
    if (probability > 0.5) return quantile(side === 'lower' ? 'upper' : 'lower', 1 - probability)
    return quantile(side, probability)
  }
  return Object.freeze({
    density: (x: number) => Math.exp(logDensity(x)),
    logDensity,
    lowerTail: (x: number) => tails(x).lower,
    upperTail: (x: number) => tails(x).upper,
    logLowerTail: (x: number) => tails(x).logLower,
    logUpperTail: (x: number) => tails(x).logUpper,
    lowerQuantile: (probability: number) => bySmallerSide('lower', probability),
    upperQuantile: (probability: number) => bySmallerSide('upper', probability),
  })
}
