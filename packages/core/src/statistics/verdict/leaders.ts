import type { Arm } from '../../model/experiment.js'
import type { Comparison, StrataResult } from '../../model/verdict.js'
import { productDifference } from '../special/exact-difference.js'
import { comparePair } from './compare-arms.js'
import { contendersIn, variantsIn } from './contenders.js'
import { strataResult } from './strata-result.js'
import type { JudgedArm, Question } from './verdict-input.js'

/** On a tie the one whose name comes first, so that the order of the arms says nothing. */
function higher(left: JudgedArm, right: JudgedArm): JudgedArm {
  const lead = productDifference(right.converted, left.assigned, left.converted, right.assigned)
  if (lead === 0) return right.arm < left.arm ? right : left
  return lead > 0 ? right : left
}

/** The two arms that the question comes down to. */
export interface Leaders {
  readonly comparison: Comparison
  readonly strata: StrataResult | null
}

/**
 * The winner, else the arm with the highest rate, against the best of the others among the arms of the question. Who
 * they are is asked before the outcome is settled and again afterwards: each pair is compared once.
 *
 * @param comparisons - carry the p-values corrected within their family
 */
export function createLeaders(
  question: Question,
  comparisons: readonly Comparison[],
): (winner: Arm | null) => Leaders | null {
  const known: Leaders[] = []
  return (winner) => {
    const pair = leadingPair(question, winner)
    if (pair === null) return null
    const [first, second] = pair
    const isPair = ({ arm, against }: Comparison) => arm === first.arm && against === second.arm
    const found = known.find(({ comparison }) => isPair(comparison))
    if (found !== undefined) return found
    const comparison = comparisons.find(isPair) ?? turned(first, second, question, comparisons)
    const leaders = { comparison, strata: strataResult(question, comparison) }
    known.push(leaders)
    return leaders
  }
}

function leadingPair(question: Question, winner: Arm | null): readonly [JudgedArm, JudgedArm] | null {
  const compared = winner === question.holdoutArm ? question.arms : contendersIn(question)
  const filled = compared.filter(({ assigned }) => assigned > 0)
  if (filled.length < 2) return null
  const first = filled.find(({ arm }) => arm === winner) ?? filled.reduce(higher)
  const rivals = winner === question.holdoutArm ? variantsIn(question) : filled
  const second = rivals.filter(({ arm, assigned }) => arm !== first.arm && assigned > 0).reduce(higher)
  return [first, second]
}

/** A pair seen from the other arm, with the p-values corrected as they are. */
function turned(
  first: JudgedArm,
  second: JudgedArm,
  question: Question,
  comparisons: readonly Comparison[],
): Comparison {
  const pair = comparePair(first, second, question)
  const known = comparisons.find(({ arm, against }) => arm === second.arm && against === first.arm)
  if (known === undefined) return pair
  return {
    ...pair,
    adjustedPValue: known.adjustedPValue,
    anytime: { ...pair.anytime, adjustedPValue: known.anytime.adjustedPValue },
  }
}
