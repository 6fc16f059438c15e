import { CampaignKitError } from '../../base/error.js'
import { checkProportion, isProportion, type Proportion } from '../checks.js'
import { productDifference } from '../special/exact-difference.js'

/** Two arms within one stratum: a wave, a country, a run. An arm may be empty in it: no trials and no successes. */
export interface StratumOutcome {
  readonly a: Proportion
  readonly b: Proportion
}

/**
 * The strata that have members in both arms: the others say nothing about a difference.
 *
 * @throws INVALID_INPUT with path `strata` when there are none, or `strata[2].a.successes` and the like
 */
export function usableStrata(strata: readonly StratumOutcome[]): readonly StratumOutcome[] {
  const used = strata.filter((stratum, index) => isUsable(stratum, index))
  if (used.length === 0) {
    throw new CampaignKitError('INVALID_INPUT', 'strata: none has members in both arms', { path: 'strata' })
  }
  return used
}

function isUsable({ a, b }: StratumOutcome, index: number): boolean {
  if (isNobody(a)) return false
  if (!isProportion(a)) checkProportion(a, `strata[${index}].a`)
  if (isNobody(b)) return false
  if (!isProportion(b)) checkProportion(b, `strata[${index}].b`)
  return true
}

function isNobody({ trials, successes }: Proportion): boolean {
  return trials === 0 && successes === 0
}

export function sumOver(
  strata: readonly StratumOutcome[],
  term: (stratum: StratumOutcome) => number,
): number {
  return strata.reduce((sum, stratum) => sum + term(stratum), 0)
}

/** `n_a n_b / (n_a + n_b)`: what a stratum counts for in a Mantel-Haenszel difference. */
export function weightOf({ a, b }: StratumOutcome): number {
  return (a.trials * b.trials) / (a.trials + b.trials)
}

/** By how many successes `a` is ahead of what its share of the members would have. */
export function leadOf({ a, b }: StratumOutcome): number {
  return productDifference(a.successes, b.trials, b.successes, a.trials) / (a.trials + b.trials)
}
