import type { Arm } from '../../model/experiment.js'
import type { Proportion } from '../checks.js'
import type { StratumOutcome } from '../strata/stratum.js'
import type { Question } from './verdict-input.js'

/** A stratum as two arms divide it. */
export interface PairStratum extends StratumOutcome {
  readonly name: string
}

const NOBODY: Proportion = { successes: 0, trials: 0 }

/** The strata in which at least one of two arms has members, by name. */
export function strataOfPair({ strata }: Question, arm: Arm, against: Arm): readonly PairStratum[] {
  return strata.flatMap(({ name, arms }) => {
    const countsOf = (wanted: Arm) =>
      arms.reduce(
        (found, each) => (each.arm === wanted ? { successes: each.converted, trials: each.assigned } : found),
        NOBODY,
      )
    const [a, b] = [countsOf(arm), countsOf(against)]
    return a.trials + b.trials > 0 ? [{ name, a, b }] : []
  })
}

/** Whether the arms meet in it. */
export function hasBoth({ a, b }: StratumOutcome): boolean {
  return a.trials > 0 && b.trials > 0
}
