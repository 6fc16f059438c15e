import type { AnytimeView, Comparison } from '../../model/verdict.js'
import type { Proportion } from '../checks.js'
import { holmAdjusted } from '../corrections/holm.js'
import { compareProportions } from '../proportions/compare-proportions.js'
import { compareProportionsAnytime } from '../sequential/compare-proportions-anytime.js'
import { variantsIn } from './contenders.js'
import type { JudgedArm, Question } from './verdict-input.js'

type Pair = readonly [JudgedArm, JudgedArm]

/** Every variant against each other variant, then against the holdout; two families, each corrected for itself. */
export function compareArms(question: Question): readonly Comparison[] {
  const variants = variantsIn(question)
  const holdout = question.arms.find(({ arm }) => arm === question.holdoutArm)
  const pairs = variants.flatMap((first, index) =>
    variants.slice(index + 1).map((second): Pair => [first, second]),
  )
  const withHoldout = holdout === undefined ? [] : variants.map((variant): Pair => [variant, holdout])
  return [...compareFamily(pairs, question.alpha), ...compareFamily(withHoldout, question.alpha)]
}

/** Compares pairs and corrects their p-values together; pairs with an empty arm are left out. */
function compareFamily(pairs: readonly Pair[], alpha: number): readonly Comparison[] {
  const compared = pairs
    .filter((pair) => pair.every(({ assigned }) => assigned > 0))
    .map(([first, second]) => comparePair(first, second, alpha))
  const adjusted = holmAdjusted(compared.map(({ pValue }) => pValue))
  const anytime = holmAdjusted(compared.map((each) => each.anytime.pValue))
  return compared.map((comparison, index) => ({
    ...comparison,
    adjustedPValue: adjusted[index] ?? 1,
    anytime: { ...comparison.anytime, adjustedPValue: anytime[index] ?? 1 },
  }))
}

/** One arm against another, as a test of its own. */
export function comparePair(first: JudgedArm, second: JudgedArm, alpha: number): Comparison {
  const [a, b] = [proportionOf(first), proportionOf(second)]
  const confidence = 1 - alpha
  const { difference, lift, z, pValue, method } = compareProportions(a, b, { confidence })
  return {
    arm: first.arm,
    against: second.arm,
    difference,
    lift,
    z,
    pValue,
    adjustedPValue: pValue,
    method,
    anytime: watchPair(a, b, confidence),
  }
}

function watchPair(a: Proportion, b: Proportion, confidence: number): AnytimeView {
  const { difference, lift, pValue, logEvidence, method } = compareProportionsAnytime(a, b, { confidence })
  return { difference, lift, pValue, adjustedPValue: pValue, logEvidence, method }
}

function proportionOf({ converted, assigned }: JudgedArm): Proportion {
  return { successes: converted, trials: assigned }
}
