import type { Estimate } from '../../model/verdict.js'
import type { AnytimeEvidence } from './anytime-evidence.js'

/** Too little has come in for an approximation to be trusted: show this, or an exact test that looks once. */
export interface Collecting {
  readonly status: 'collecting'
  /** How much there is of what the method waits for; its documentation says what that is. */
  readonly have: number
  readonly need: number
}

/** Two arms against each other, at any look. */
export interface AnytimeComparison extends AnytimeEvidence {
  readonly status: 'valid'
  /** `a` minus `b`, with its confidence sequence: leaves out 0 exactly when `pValue` is below 1 - confidence. */
  readonly difference: Estimate
}
