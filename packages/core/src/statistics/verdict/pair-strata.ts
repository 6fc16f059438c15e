import type { Arm } from '../../model/experiment.js'
import type { StratumOutcome } from '../strata/stratum.js'
import type { Question } from './verdict-input.js'

/** A stratum as two arms divide it. */
export interface PairStratum extends StratumOutcome {
  readonly name: string
}

/** The strata in which at least one of two arms has members, by name. */
export function strataOfPair({ strata }: Question, arm: Arm, against: Arm): readonly PairStratum[] {
  return strata.flatMap(({ name, arms }) => {
    const countsOf = (wanted: Arm) => {
      const { assigned = 0, converted = 0 } = arms.find((each) => each.arm === wanted) ?? {}
      return { successes: converted, trials: assigned }
    }
    const [a, b] = [countsOf(arm), countsOf(against)]
    return a.trials + b.trials > 0 ? [{ name, a, b }] : []
  })
}

/** Whether the arms meet in it. */
export function hasBoth({ a, b }: StratumOutcome): boolean {
  return a.trials > 0 && b.trials > 0
}
