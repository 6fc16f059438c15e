import type { Arm, Experiment } from '../../model/experiment.js'
import type { Comparison } from '../../model/verdict.js'
import { variantsIn } from './contenders.js'
import type { Question } from './verdict-input.js'

/** The corrected p-value of the view that decides. */
export function decidingPValue(comparison: Comparison, decision: Experiment['decision']): number {
  return decision === 'anytime' ? comparison.anytime.adjustedPValue : comparison.adjustedPValue
}

/** Whether a comparison shows that one arm does better than another. */
export function isWon(comparison: Comparison, better: Arm, worse: Arm, question: Question): boolean {
  const { arm, against, difference } = comparison
  if (decidingPValue(comparison, question.decision) >= question.alpha) return false
  return difference.value > 0 ? arm === better && against === worse : arm === worse && against === better
}

/**
 * The arm that beats every other one: a variant that beats the other variants and is not beaten by the holdout, or the
 * holdout when it beats every variant. With one variant, that or the holdout.
 */
export function findWinner(question: Question, comparisons: readonly Comparison[]): Arm | null {
  const variants = variantsIn(question).map(({ arm }) => arm)
  const beats = (arm: Arm, other: Arm) =>
    comparisons.some((comparison) => isWon(comparison, arm, other, question))
  const { holdoutArm } = question
  if (variants.every((variant) => beats(holdoutArm, variant))) return holdoutArm
  const best = variants.find((variant) =>
    variants.every((other) => other === variant || beats(variant, other)),
  )
  if (best === undefined || beats(holdoutArm, best)) return null
  return variants.length > 1 || beats(best, holdoutArm) ? best : null
}
