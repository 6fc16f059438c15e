import type { Estimate } from '../../model/verdict.js'
import { checkProportion, type Proportion } from '../checks.js'
import { productDifference } from '../special/exact-difference.js'
import { wilsonInterval } from './wilson.js'

/** The rate of `a` minus the rate of `b`, from whole numbers, so that near equals lose no digits. */
export function rateDifference(a: Proportion, b: Proportion): number {
  return productDifference(a.successes, b.trials, b.successes, a.trials) / (a.trials * b.trials)
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
