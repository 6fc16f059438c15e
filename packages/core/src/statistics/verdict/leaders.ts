import type { Arm } from '../../model/experiment.js'
import type { Comparison } from '../../model/verdict.js'
import { productDifference } from '../special/exact-difference.js'
import { comparePair } from './compare-arms.js'
import { contendersIn, variantsIn } from './contenders.js'
import type { JudgedArm, Question } from './verdict-input.js'

function higher(left: JudgedArm, right: JudgedArm): JudgedArm {
  const lead = productDifference(right.converted, left.assigned, left.converted, right.assigned)
  return lead > 0 ? right : left
}

/**
 * The winner, else the arm with the highest rate, against the best of the others among the arms of the question.
 *
 * @param comparisons - carry the p-values corrected within their family
 */
export function compareLeaders(
  question: Question,
  comparisons: readonly Comparison[],
  winner: Arm | null,
): Comparison | null {
  const compared = winner === question.holdoutArm ? question.arms : contendersIn(question)
  const filled = compared.filter(({ assigned }) => assigned > 0)
  if (filled.length < 2) return null
  const first = filled.find(({ arm }) => arm === winner) ?? filled.reduce(higher)
  const rivals = winner === question.holdoutArm ? variantsIn(question) : filled
  const second = rivals.filter(({ arm, assigned }) => arm !== first.arm && assigned > 0).reduce(higher)
  const pair = comparePair(first, second, question)
  const known = comparisons.find(
    ({ arm, against }) =>
      (arm === first.arm && against === second.arm) || (arm === second.arm && against === first.arm),
  )
  if (known === undefined) return pair
  return {
    ...pair,
    adjustedPValue: known.adjustedPValue,
    anytime: { ...pair.anytime, adjustedPValue: known.anytime.adjustedPValue },
  }
}
