import { CampaignKitError } from '../base/error.js'
import {
  type Arm,
  type Experiment,
  HOLDOUT,
  inMillionths,
  REMAINDER,
  SOLE_VARIANT,
} from '../model/experiment.js'

/** An arm and its whole-numbered share in the weights of all. */
export interface ArmWeight {
  readonly arm: Arm
  readonly weight: number
}

const MILLION = 1_000_000

/**
 * The exact whole-numbered weights of an experiment's arms, as small as they can be: variants in their order, then
 * holdout, then remainder, without those of weight 0. Holdout and remainder are millionths of the whole; the variants
 * share what is left by their weights. Without an experiment the one arm of everybody.
 */
export function armWeights(experiment: Experiment | undefined): readonly ArmWeight[] {
  if (experiment === undefined) return [{ arm: SOLE_VARIANT, weight: 1 }]
  const { variants } = experiment
  const holdout = inMillionths(experiment.holdout)
  const remainder = inMillionths(experiment.remainder)
  const total = variants.reduce((sum, { weight }) => sum + weight, 0)
  const weights = [
    ...variants.map(({ name, weight }) => ({ arm: name, weight: weight * (MILLION - holdout - remainder) })),
    { arm: HOLDOUT, weight: holdout * total },
    { arm: REMAINDER, weight: remainder * total },
  ].filter(({ weight }) => weight > 0)
  const divisor = weights.reduce((common, { weight }) => greatestCommonDivisor(weight, common), 0)
  return weights.map(({ arm, weight }) => ({ arm, weight: weight / divisor }))
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right)
}

/**
 * Checks weights that do not come from {@link armWeights}.
 *
 * @throws EXPERIMENT_INVALID without arms, with an arm twice, or with a weight that is not a whole number of at least 1
 *   or makes the sum larger than 2^51
 */
export function checkWeights(weights: readonly ArmWeight[]): void {
  const refuse = (message: string, path: string) => {
    throw new CampaignKitError('EXPERIMENT_INVALID', `${path}: ${message}`, { path })
  }
  if (weights.length === 0) refuse('needs at least one arm', 'weights')
  const seen = new Set<Arm>()
  let sum = 0
  for (const [index, { arm, weight }] of weights.entries()) {
    if (seen.has(arm)) refuse('names an arm twice', `weights[${index}].arm`)
    if (!Number.isSafeInteger(weight) || weight < 1)
      refuse('not a whole number of at least 1', `weights[${index}].weight`)
    seen.add(arm)
    sum += weight
    if (sum > 2 ** 51) refuse('makes the sum of the weights too large', `weights[${index}].weight`)
  }
}
