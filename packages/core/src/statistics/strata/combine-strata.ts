import type { Estimate } from '../../model/verdict.js'
import { checkOpenShare } from '../checks.js'
import { twoSidedZ } from '../proportions/two-sided-z.js'
import { normalUpperTail } from '../special/normal-tail.js'
import { leadOf, type StratumOutcome, sumOver, usableStrata, weightOf } from './stratum.js'

/** Two arms compared within strata. */
export interface CombinedStrata {
  /** The Mantel-Haenszel difference of the rates, `a` minus `b`. */
  readonly difference: Estimate
  /** The Cochran-Mantel-Haenszel chi-square on 1 degree of freedom; null when no stratum can tell the arms apart. */
  readonly chiSquare: number | null
  /** Its root, above 0 when `a` is ahead; null with it. */
  readonly z: number | null
  /** Two-sided; 1 when there is no chi-square. */
  readonly pValue: number
  /** Strata that had members in both arms; the others say nothing about a difference. */
  readonly strataUsed: number
}

/** What {@link combineStrata} is asked. */
export interface CombineOptions {
  /** Of the interval, 0 to 1, both excluded. */
  readonly confidence: number
  /** Whether half a success is taken off before squaring, as R's `mantelhaen.test` does unless told. @default false */
  readonly continuity?: boolean
}

/**
 * Compares two arms within strata and puts the strata together, so that a stratum with another rate and another split
 * does not pass for an effect (Simpson's paradox). The test is that of Cochran (1954) and Mantel and Haenszel (1959);
 * the difference is weighted by `n_a n_b / (n_a + n_b)` (Mantel-Haenszel risk difference; Greenland and Robins 1985),
 * its variance that of Sato (1989), which holds for few large strata and for many small ones alike.
 *
 * The test and the interval rest on a normal approximation: they want some 10 successes and failures in each arm over
 * all strata. They look for one difference that is the same everywhere; where it has different signs in different
 * strata, they may find nothing.
 *
 * @throws INVALID_INPUT with path `strata`, `strata[2].a.successes`, `confidence` and the like
 *
 * @example
 * ```ts
 * import { combineStrata } from '@campaignkit/core/statistics'
 * const { difference, pValue } = combineStrata([
 *   { a: { successes: 60, trials: 500 }, b: { successes: 40, trials: 500 } },
 *   { a: { successes: 25, trials: 100 }, b: { successes: 20, trials: 100 } },
 * ], { confidence: 0.95 })
 * console.log(difference.value.toFixed(4), pValue.toFixed(4)) // 0.0417 0.0254
 * ```
 */
export function combineStrata(
  strata: readonly StratumOutcome[],
  { confidence, continuity = false }: CombineOptions,
): CombinedStrata {
  checkOpenShare(confidence, 'confidence')
  const used = usableStrata(strata)
  return {
    difference: weightedDifference(used, confidence),
    ...cochranTest(used, continuity),
    strataUsed: used.length,
  }
}

function weightedDifference(strata: readonly StratumOutcome[], confidence: number): Estimate {
  const weight = sumOver(strata, weightOf)
  const value = sumOver(strata, leadOf) / weight
  const variance = (value * sumOver(strata, satoP) + sumOver(strata, satoQ)) / weight ** 2
  const half = twoSidedZ(confidence) * Math.sqrt(Math.max(0, variance))
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half), confidence }
}

/** Sato (1989), P of a stratum. */
function satoP({ a, b }: StratumOutcome): number {
  const all = a.trials + b.trials
  const [shareA, shareB] = [a.trials / all, b.trials / all]
  return shareA ** 2 * b.successes - shareB ** 2 * a.successes + (shareA * shareB * (b.trials - a.trials)) / 2
}

/** Sato (1989), Q of a stratum. */
function satoQ({ a, b }: StratumOutcome): number {
  const all = a.trials + b.trials
  return ((a.successes / all) * (b.trials - b.successes) + (b.successes / all) * (a.trials - a.successes)) / 2
}

function cochranTest(
  strata: readonly StratumOutcome[],
  continuity: boolean,
): Pick<CombinedStrata, 'chiSquare' | 'z' | 'pValue'> {
  const lead = sumOver(strata, leadOf)
  const variance = sumOver(strata, hypergeometricVariance)
  if (variance === 0) return { chiSquare: null, z: null, pValue: 1 }
  const off = Math.abs(lead)
  const corrected = continuity && off >= 0.5 ? off - 0.5 : off
  const z = corrected / Math.sqrt(variance)
  return {
    chiSquare: z ** 2,
    z: lead < 0 ? -z : z,
    pValue: Math.min(1, 2 * normalUpperTail(z)),
  }
}

/** Of the successes in `a` when all margins of a stratum are given. */
function hypergeometricVariance({ a, b }: StratumOutcome): number {
  const all = a.trials + b.trials
  const successes = a.successes + b.successes
  return ((a.trials / all) * (b.trials / all) * successes * (all - successes)) / (all - 1)
}
