import type { Estimate } from '../../model/verdict.js'
import { checkOpenShare, type Proportion } from '../checks.js'
import { wilsonEnds } from '../proportions/wilson.js'
import { leadOf, type StratumOutcome, sumOver, usableStrata, weightOf } from './stratum.js'

/**
 * The Mantel-Haenszel difference of two rates with an interval for small counts: the rate of each arm is put together
 * with the weights of the strata, stands for as many members as have its variance where the rate is the same
 * everywhere, `1 / sum(weight^2 / n)`, and Wilson's two intervals are put together as Newcombe (1998, method 10) does. It
 * lies within [-1, 1] and is never of width 0. With one stratum, or equal shares of the arms in all, it is
 * {@link newcombeInterval} of the sums. Where rates differ between strata it is a little wider than it needs to be.
 *
 * @param confidence - 0 to 1, both excluded
 * @throws INVALID_INPUT with path `strata`, `strata[2].a.successes`, `confidence` and the like
 *
 * @example
 * ```ts
 * import { stratifiedNewcombe } from '@campaignkit/core/statistics'
 * const { value, low, high } = stratifiedNewcombe([
 *   { a: { successes: 3, trials: 8 }, b: { successes: 0, trials: 9 } },
 *   { a: { successes: 1, trials: 8 }, b: { successes: 2, trials: 8 } },
 * ], 0.95)
 * console.log(value.toFixed(4), low.toFixed(4), high.toFixed(4)) // 0.1321 -0.1393 0.3922
 * ```
 */
export function stratifiedNewcombe(strata: readonly StratumOutcome[], confidence: number): Estimate {
  checkOpenShare(confidence, 'confidence')
  const used = usableStrata(strata)
  const a = standardised(used, ({ a: own }) => own)
  const b = standardised(used, ({ b: own }) => own)
  const value = sumOver(used, leadOf) / sumOver(used, weightOf)
  const [ofA, ofB] = [wilsonEnds(a, confidence), wilsonEnds(b, confidence)]
  const [rateA, rateB] = [a.successes / a.trials, b.successes / b.trials]
  return {
    value,
    low: value - Math.hypot(rateA - ofA.low, ofB.high - rateB),
    high: value + Math.hypot(ofA.high - rateA, rateB - ofB.low),
    confidence,
  }
}

/** One arm as if it had been asked in one place. */
function standardised(
  strata: readonly StratumOutcome[],
  armOf: (stratum: StratumOutcome) => Proportion,
): Proportion {
  const total = sumOver(strata, weightOf)
  const shareOf = (stratum: StratumOutcome) => weightOf(stratum) / total
  const trials = 1 / sumOver(strata, (each) => shareOf(each) ** 2 / armOf(each).trials)
  const rate = sumOver(strata, (each) => (shareOf(each) * armOf(each).successes) / armOf(each).trials)
  return { successes: Math.min(1, rate) * trials, trials }
}
