import { checkProbability } from '../checks.js'
import { NO_TAILS, NOTHING_ABOVE, NOTHING_BELOW } from '../special/tails.js'
import type { DiscreteParts } from './discrete-parts.js'
import type { Distribution } from './distribution.js'
import { smallestCount } from './smallest-count.js'

/** The distribution, between and beyond its counts as well, with its exact quantiles. */
export function discreteDistribution(parts: DiscreteParts): Distribution {
  const { low, high } = parts
  const logMass = (x: number) => {
    if (Number.isNaN(x)) return Number.NaN
    return Number.isInteger(x) && x >= low && x <= high ? parts.logMass(x) : Number.NEGATIVE_INFINITY
  }
  const tails = (x: number) => {
    if (Number.isNaN(x)) return NO_TAILS
    if (x < low) return NOTHING_BELOW
    return x >= high ? NOTHING_ABOVE : parts.tails(Math.floor(x))
  }
  return Object.freeze({
    density: (x: number) => Math.exp(logMass(x)),
    logDensity: logMass,
    lowerTail: (x: number) => tails(x).lower,
    upperTail: (x: number) => tails(x).upper,
    logLowerTail: (x: number) => tails(x).logLower,
    logUpperTail: (x: number) => tails(x).logUpper,
    lowerQuantile: (probability: number) => {
      checkProbability(probability, 'probability')
      if (probability === 0) return low
      return probability === 1 ? high : smallestCount({ ...parts, tails, side: 'lower', probability })
    },
    upperQuantile: (probability: number) => {
      checkProbability(probability, 'probability')
      if (probability === 1) return low
      return probability === 0 ? high : smallestCount({ ...parts, tails, side: 'upper', probability })
    },
  })
}
