import type { Arm } from '../../model/experiment.js'
import type { Proportion } from '../checks.js'
import type { StratumOutcome } from '../strata/stratum.js'
import type { Question, StratumCounts } from './verdict-input.js'

/** A stratum as two arms divide it. */
export interface PairStratum extends StratumOutcome {
  readonly name: string
}

const NOBODY: Proportion = { successes: 0, trials: 0 }

/** The strata in which at least one of two arms has members, by name. */
export function strataOfPair({ strata }: Question, arm: Arm, against: Arm): readonly PairStratum[] {
  const found: PairStratum[] = []
  for (const { name, arms } of strata) {
    const [a, b] = [countsOf(arms, arm), countsOf(arms, against)]
    if (a.trials + b.trials > 0) found.push({ name, a, b })
  }
  return found
}

function countsOf(arms: StratumCounts['arms'], wanted: Arm): Proportion {
  for (const { arm, assigned, converted } of arms) {
    if (arm === wanted) return { successes: converted, trials: assigned }
  }
  return NOBODY
}

/** Whether the arms meet in it. */
export function hasBoth({ a, b }: StratumOutcome): boolean {
  return a.trials > 0 && b.trials > 0
}
