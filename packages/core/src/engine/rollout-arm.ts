import type { Campaign } from '../model/campaign.js'
import { HOLDOUT } from '../model/experiment.js'
import type { Verdict } from '../model/verdict.js'

/** The arm that the verdict gives the remainder; null when it is for a person to decide, or too early. */
export function rolloutArmOf({ content }: Campaign, verdict: Verdict): string | null {
  const { mode = 'automatic', ifNoWinner = 'hold' } = content.experiment?.rollout ?? {}
  if (mode === 'manual') return null
  const { outcome, winner } = verdict
  if (outcome === 'winner') return winner === HOLDOUT ? null : winner
  const isOver = outcome === 'no-difference' || outcome === 'equivalent'
  if (!isOver || ifNoWinner === 'hold' || isDoubted(verdict)) return null
  if (ifNoWinner === 'best' && hasTooFew(verdict)) return null
  const arm = ifNoWinner === 'best' ? bestVariant(verdict) : ifNoWinner.variant
  return isBeatenByHoldout(arm, verdict) ? null : arm
}

/**
 * Whether a person has to look: one variant drives more people away than another, or the arm that is ahead as a whole is
 * behind within the strata.
 */
function isDoubted({ checks }: Verdict): boolean {
  return checks.some(({ check, passed }) => (check === 'guardrails' || check === 'strata') && !passed)
}

/** Whether an arm lacks members or conversions: which rate is the highest is luck then, and nobody has measured it. */
function hasTooFew({ checks }: Verdict): boolean {
  return checks.some(({ check, passed }) => check === 'minimum' && !passed)
}

/** The variant with the highest rate, on a tie the one declared first. */
function bestVariant({ arms }: Verdict): string {
  const variants = arms.filter(({ arm }) => arm !== HOLDOUT)
  return variants.reduce((left, right) => (Number(right.rate.value) > Number(left.rate.value) ? right : left))
    .arm
}

/** Whether it was better to send nothing than this. */
function isBeatenByHoldout(variant: string, { comparisons, confidence, method }: Verdict): boolean {
  return comparisons.some(({ arm, against, difference, adjustedPValue, anytime }) => {
    if (arm !== variant || against !== HOLDOUT) return false
    const pValue = method.decision === 'anytime' ? anytime.adjustedPValue : adjustedPValue
    return pValue < 1 - confidence && difference.value < 0
  })
}
