import { CampaignKitError } from '../base/error.js'
import type { Arm, Experiment } from '../model/experiment.js'
import { createArmSequence } from './arm-sequence.js'
import { type ArmWeight, armWeights } from './arms.js'
import { inRankOrder, type RankSalt } from './rank.js'

/** Where a customer ends up. */
export interface Assignment<CustomerId extends string = string> {
  readonly customerId: CustomerId
  /** From 0, in the order of the rank keys. */
  readonly rank: number
  readonly arm: Arm
}

/** The salt, and the arms: of an experiment (undefined for the one arm of everybody), or by their weights. */
export type AssignOptions = RankSalt &
  ({ readonly experiment: Experiment | undefined } | { readonly weights: readonly ArmWeight[] })

/**
 * Ranks customers and gives each an arm. The same customers under the same salt end the same in whichever order they
 * come; counts are exact in every full period of the weights.
 *
 * @param customerIds - each once
 * @returns in rank order
 * @throws INVALID_INPUT when an id occurs twice; EXPERIMENT_INVALID when the weights are not usable
 */
export function assignArms<CustomerId extends string>(
  options: AssignOptions,
  customerIds: Iterable<CustomerId>,
): Assignment<CustomerId>[] {
  const sequence = createArmSequence('weights' in options ? options.weights : armWeights(options.experiment))
  return inRankOrder(options, customerIds).map((customerId, rank, ordered) => {
    if (rank > 0 && ordered[rank - 1] === customerId) {
      throw new CampaignKitError('INVALID_INPUT', 'customerIds: an id occurs twice', { path: 'customerIds' })
    }
    return { customerId, rank, arm: sequence.at(rank) }
  })
}
