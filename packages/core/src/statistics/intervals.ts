import type { Estimate } from '../model/verdict.js'
import { checkOpenShare, checkProportion, type Proportion } from './checks.js'
import { normalUpperQuantile } from './special.js'

/** The z that leaves half of the error on each side. */
function twoSidedZ(confidence: number): number {
  return normalUpperQuantile((1 - confidence) / 2)
}

/** The upper end of Wilson's interval: every summand is positive, so no digits are lost. */
function wilsonUpper(successes: number, trials: number, z: number): number {
  if (successes === trials) return 1
  const spread = z * Math.sqrt(z * z + (4 * successes * (trials - successes)) / trials)
  return (2 * successes + z * z + spread) / (2 * (trials + z * z))
}

/**
 * The lower end from the upper one: the two are the roots of (n + z^2) x^2 - (2 s + z^2) x + s^2 / n, and the
 * product of the roots keeps the digits that a difference of near equals would lose.
 */
function wilsonLower(successes: number, trials: number, z: number): number {
  const product = ((successes / trials) * successes) / (trials + z * z)
  return product / wilsonUpper(successes, trials, z)
}

/**
 * Wilson's score interval of a proportion, without continuity correction (Wilson 1927; Newcombe 1998, "Two-sided
 * confidence intervals for the single proportion", method 3). Lies within [0, 1] and is never of width 0. Covers as
 * often as it says on average over rates, and may fall some points short for rates within a few successes of 0 or 1.
 *
 * @param confidence - 0 to 1, both excluded
 * @throws INVALID_INPUT with path `trials`, `successes` or `confidence`
 *
 * @example
 * ```ts
 * import { wilsonInterval } from '@campaignkit/core/statistics'
 * const { low, high } = wilsonInterval(81, 263, 0.95) // 0.2553 to 0.3662
 * ```
 */
export function wilsonInterval(successes: number, trials: number, confidence: number): Estimate {
  checkProportion({ successes, trials })
  checkOpenShare(confidence, 'confidence')
  const z = twoSidedZ(confidence)
  return {
    value: successes / trials,
    low: wilsonLower(successes, trials, z),
    high: wilsonUpper(successes, trials, z),
    confidence,
  }
}

/** The rate of `a` minus the rate of `b`, from whole numbers, so that near equals lose no digits. */
function rateDifference(a: Proportion, b: Proportion): number {
  return (a.successes * b.trials - b.successes * a.trials) / (a.trials * b.trials)
}

/**
 * Newcombe's hybrid score interval for the difference of two independent proportions, `a` minus `b` (Newcombe 1998,
 * "Interval estimation for the difference between independent proportions", method 10): Wilson's two intervals put
 * together. Lies within [-1, 1] and holds for small counts and for rates of 0 and 1.
 *
 * @param confidence - 0 to 1, both excluded
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `confidence` and the like
 *
 * @example
 * ```ts
 * import { newcombeInterval } from '@campaignkit/core/statistics'
 * newcombeInterval({ successes: 56, trials: 70 }, { successes: 48, trials: 80 }, 0.95) // 0.2, from 0.0524 to 0.3339
 * ```
 */
export function newcombeInterval(a: Proportion, b: Proportion, confidence: number): Estimate {
  checkProportion(a, 'a')
  checkProportion(b, 'b')
  const first = wilsonInterval(a.successes, a.trials, confidence)
  const second = wilsonInterval(b.successes, b.trials, confidence)
  const value = rateDifference(a, b)
  return {
    value,
    low: value - Math.hypot(first.value - first.low, second.high - second.value),
    high: value + Math.hypot(first.high - first.value, second.value - second.low),
    confidence,
  }
}

/**
 * Relative lift of `a` over `b` as a fraction (0.5 is half as much again), with the interval of Katz et al. (1978)
 * on the logarithm of the ratio. A large-sample interval: wide of the mark below some 5 successes in an arm.
 *
 * @param confidence - 0 to 1, both excluded
 * @returns null when either has no successes: the ratio has no logarithm then
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `confidence` and the like
 */
export function liftInterval(a: Proportion, b: Proportion, confidence: number): Estimate | null {
  checkProportion(a, 'a')
  checkProportion(b, 'b')
  checkOpenShare(confidence, 'confidence')
  if (a.successes === 0 || b.successes === 0) return null
  const ratio = a.successes / a.trials / (b.successes / b.trials)
  const variance =
    (a.trials - a.successes) / a.successes / a.trials + (b.trials - b.successes) / b.successes / b.trials
  const factor = Math.exp(twoSidedZ(confidence) * Math.sqrt(variance))
  return { value: ratio - 1, low: ratio / factor - 1, high: ratio * factor - 1, confidence }
}
