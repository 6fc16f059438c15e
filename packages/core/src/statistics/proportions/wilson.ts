import type { Estimate } from '../../model/verdict.js'
import { checkOpenShare, checkProportion, type Proportion } from '../checks.js'
import { twoSidedZ } from './two-sided-z.js'

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

/** Both ends of Wilson's interval; counts that stand for others may be broken. */
export function wilsonEnds(
  { successes, trials }: Proportion,
  confidence: number,
): Pick<Estimate, 'low' | 'high'> {
  const z = twoSidedZ(confidence)
  return { low: wilsonLower(successes, trials, z), high: wilsonUpper(successes, trials, z) }
}

/**
 * Wilson's score interval of a proportion, without continuity correction (Wilson 1927; Newcombe 1998, "Two-sided
 * confidence intervals for the single proportion", method 3). Lies within [0, 1] and is never of width 0. Covers as
 * often as it says on average over rates. Enumerated at 95 %, at the worst of all rates: 84 of 100 where less than one
 * success or failure is expected, 92 where 1 to 3 are, 93 up to 30, 94 beyond.
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
  return { value: successes / trials, ...wilsonEnds({ successes, trials }, confidence), confidence }
}
