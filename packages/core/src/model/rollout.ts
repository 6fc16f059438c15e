import type { Instant } from '../base/time.js'
import type { Arm } from './experiment.js'
import type { Run } from './run.js'
import type { VerdictOutcome } from './verdict.js'

/** The arm that the remainder of a campaign was given, once. */
export interface Rollout {
  readonly arm: Arm
  readonly at: Instant
  readonly decidedBy: 'verdict' | 'person'
  /** What the verdict said then. */
  readonly outcome: VerdictOutcome
  /** Of the data that the verdict saw then. */
  readonly dataDigest: string
}

/** The occurrence of the run that writes to the remainder. */
export const ROLLOUT_OCCURRENCE = 'rollout'

/** Whether a run writes to the remainder of the others, and is no part of the experiment. */
export function isRolloutRun({ occurrence }: Pick<Run, 'occurrence'>): boolean {
  return occurrence === ROLLOUT_OCCURRENCE
}

/** Whether a run was frozen as the experiment asks: what was frozen after the decision, and the rollout, were not. */
export function isExperimentRun(run: Pick<Run, 'occurrence' | 'freeze'>, rollout: Rollout | null): boolean {
  if (isRolloutRun(run)) return false
  return rollout === null || (run.freeze.phase === 'frozen' && run.freeze.at <= rollout.at)
}
