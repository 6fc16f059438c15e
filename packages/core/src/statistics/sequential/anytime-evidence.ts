import { checkProbability } from '../checks.js'

/** Evidence against "no difference" that may be looked at after every event, and acted upon at any of the looks. */
export interface AnytimeEvidence {
  /**
   * Natural logarithm of the e-value: what a gambler would own who had bet 1 against "no difference". Without a
   * difference it reaches ln(1 / alpha) at any look with probability alpha at most (Ville's inequality).
   */
  readonly logEvidence: number
  /** 1 / e-value of this look, at most 1: below alpha at any look with probability alpha at most. */
  readonly pValue: number
  /** The smaller of this p-value and the one that was handed in: never rises from look to look. */
  readonly runningPValue: number
}

/**
 * @param previousPValue - `runningPValue` of the look before, 0 to 1
 * @throws INVALID_INPUT with path `previousPValue`
 */
export function anytimeEvidence(logEvidence: number, previousPValue = 1): AnytimeEvidence {
  checkProbability(previousPValue, 'previousPValue')
  const pValue = Math.min(1, Math.exp(-logEvidence))
  return { logEvidence, pValue, runningPValue: Math.min(previousPValue, pValue) }
}

/** ln of the mean of e-values, given by their logarithms: an e-value again, whatever they have to do with each other. */
export function meanLogEvidence(logEvidence: readonly number[]): number {
  const top = logEvidence.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY)
  const sum = logEvidence.reduce((total, each) => total + Math.exp(each - top), 0)
  return top + Math.log(sum / logEvidence.length)
}
