import type { Experiment } from '../model/experiment.js'
import { REMAINDER } from '../model/experiment.js'
import { createArmSequence } from './arm-sequence.js'
import { armWeights } from './arms.js'

/**
 * How many customers an audience needs so that so many of them have an arm that is compared: a variant or the holdout,
 * not the remainder.
 *
 * @param contacts - at least 1
 */
export function leastAudience(experiment: Experiment, contacts: number): number {
  const sequence = createArmSequence(armWeights(experiment))
  let audience = 0
  for (let compared = 0; compared < contacts; audience += 1) {
    if (sequence.at(audience) !== REMAINDER) compared += 1
  }
  return audience
}
