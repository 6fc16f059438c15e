import type { Estimate } from '../../model/verdict.js'
import { checkOpenShare, checkProportion, type Proportion } from '../checks.js'
import { deltaLift, fiellerLift } from '../means/lift.js'
import { checkWord } from '../number-checks.js'
import { twoSidedZ } from './two-sided-z.js'

/**
 * Relative lift of `a` over `b` as a fraction (0.5 is half as much again), with the interval of Katz et al. (1978)
 * on the logarithm of the ratio. A large-sample interval: at 95 % it covered 95 to 96 of 100 simulated lifts from 10
 * successes an arm on, and 99 at 4: there it is wider than it needs to be.
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

/** How the interval of a lift is found. */
export type LiftMethod = 'log-ratio' | 'delta' | 'fieller'

/** The lift of one proportion over another, with an interval by the method that it names. */
export interface ProportionLift extends Estimate {
  readonly method: LiftMethod
}

function measured({ successes, trials }: Proportion): { readonly mean: number; readonly variance: number } {
  const mean = successes / trials
  return { mean, variance: (mean * (trials - successes)) / trials / trials }
}

/**
 * Relative lift of `a` over `b` as a fraction, by one of three intervals, all of them for large samples:
 *
 * - `log-ratio`: {@link liftInterval}, symmetric about the logarithm of the ratio (Katz et al. 1978, method C). The
 *   best of the three for rates, and the default.
 * - `delta`: symmetric about the lift, from the first-order variance of a ratio (Casella and Berger, "Statistical
 *   Inference", 5.5.4). Off to the left: at 95 % it covered 94 of 100 simulated lifts with 20 successes an arm and 95
 *   with 100, where the truth lay above it four times as often as below (with 500 less than twice).
 * - `fieller`: the ratios that a test of `a - ratio b = 0` does not reject (Fieller 1954, eq. 9, without covariance).
 *   Bounded only while the rate of `b` is itself different from 0 at this confidence. Covered 95 of 100
 *   from 20 successes an arm on.
 *
 * @param options - `confidence`, 0 to 1, both excluded; `method`, by default `log-ratio`
 * @returns null when `b` has no successes, with `log-ratio` also when `a` has none, with `fieller` also when the
 * interval has no end
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `confidence`, `method` and the like
 *
 * @example
 * ```ts
 * import { proportionLift } from '@campaignkit/core/statistics'
 * const a = { successes: 122, trials: 2000 }
 * const b = { successes: 80, trials: 2000 }
 * const lift = proportionLift(a, b, { confidence: 0.95, method: 'fieller' })
 * console.log(lift?.value.toFixed(3), lift?.low.toFixed(3), lift?.high.toFixed(3)) // 0.525 0.163 1.034
 * ```
 */
export function proportionLift(
  a: Proportion,
  b: Proportion,
  { confidence, method = 'log-ratio' }: { readonly confidence: number; readonly method?: LiftMethod },
): ProportionLift | null {
  checkWord(method, ['log-ratio', 'delta', 'fieller'], 'method')
  const byRatio = liftInterval(a, b, confidence)
  if (b.successes === 0) return null
  if (method === 'log-ratio') return byRatio && { ...byRatio, method }
  const lift = method === 'delta' ? deltaLift : fiellerLift
  const interval = lift(measured(a), measured(b), twoSidedZ(confidence))
  return interval && { ...interval, confidence, method }
}
