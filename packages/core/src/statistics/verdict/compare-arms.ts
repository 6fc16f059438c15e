import type { AnytimeView, Comparison, Estimate } from '../../model/verdict.js'
import type { Proportion } from '../checks.js'
import { holmAdjusted } from '../corrections/holm.js'
import { compareProportions } from '../proportions/compare-proportions.js'
import { rateDifference } from '../proportions/difference.js'
import { anytimePValue, compareProportionsAnytime } from '../sequential/compare-proportions-anytime.js'
import { compareStrataAnytime, strataAnytimePValue } from '../sequential/compare-strata-anytime.js'
import { compareStrata } from '../strata/compare-strata.js'
import { variantsIn } from './contenders.js'
import { hasBoth, type PairStratum, strataOfPair } from './pair-strata.js'
import type { JudgedArm, Question } from './verdict-input.js'

type Pair = readonly [JudgedArm, JudgedArm]

/** Two arms as they are compared: their counts, and how these fall to the strata that they are in. */
export interface Compared {
  readonly a: Proportion
  readonly b: Proportion
  readonly strata: readonly PairStratum[]
}

/** Every variant against each other variant, then against the holdout; two families, each corrected for itself. */
export function compareArms(question: Question): readonly Comparison[] {
  const variants = variantsIn(question)
  const holdout = question.arms.find(({ arm }) => arm === question.holdoutArm)
  const pairs = variants.flatMap((first, index) =>
    variants.slice(index + 1).map((second): Pair => [first, second]),
  )
  const withHoldout = holdout === undefined ? [] : variants.map((variant): Pair => [variant, holdout])
  return [...compareFamily(pairs, question), ...compareFamily(withHoldout, question)]
}

/** Compares pairs and corrects their p-values together; pairs with an empty arm are left out. */
function compareFamily(pairs: readonly Pair[], question: Question): readonly Comparison[] {
  const compared = pairs
    .filter((pair) => pair.every(({ assigned }) => assigned > 0))
    .map(([first, second]) => comparePair(first, second, question))
  const adjusted = holmAdjusted(compared.map(({ pValue }) => pValue))
  const anytime = holmAdjusted(compared.map((each) => each.anytime.pValue))
  return compared.map((comparison, index) => ({
    ...comparison,
    adjustedPValue: adjusted[index] ?? 1,
    anytime: { ...comparison.anytime, adjustedPValue: anytime[index] ?? 1 },
  }))
}

/** One arm against another, as a test of its own. */
export function comparePair(first: JudgedArm, second: JudgedArm, question: Question): Comparison {
  const compared = comparedOf(first, second, question)
  const confidence = 1 - question.alpha
  const once = lookOnce(compared, confidence)
  return {
    arm: first.arm,
    against: second.arm,
    ...once,
    adjustedPValue: once.pValue,
    anytime: watchPair(compared, confidence),
  }
}

/** Two arms, as they are and as they would be with more members. */
export function comparedOf(first: JudgedArm, second: JudgedArm, question: Question): Compared {
  const strata = strataOfPair(question, first.arm, second.arm)
  return { a: proportionOf(first), b: proportionOf(second), strata }
}

/** The p-value of one arm against another by the view that decides, as a test of its own; watched, counts may be broken. */
export function decidingPValueOf({ a, b, strata }: Compared, { alpha, decision }: Question): number {
  const confidence = 1 - alpha
  if (decision === 'fixed') return lookOnce({ a, b, strata }, confidence).pValue
  if (strata.length === 0) return anytimePValue(a, b, confidence)
  return strata.some(hasBoth) ? strataAnytimePValue(strata, confidence) : 1
}

/** The difference of two arms at another confidence than that of the question, looked at once. */
export function differenceAt(
  first: JudgedArm,
  second: JudgedArm,
  question: Question,
  confidence: number,
): Estimate {
  return lookOnce(comparedOf(first, second, question), confidence).difference
}

type LookOnce = Pick<Comparison, 'difference' | 'lift' | 'z' | 'pValue' | 'method'>

function lookOnce({ a, b, strata }: Compared, confidence: number): LookOnce {
  if (strata.length < 2) {
    const { difference, lift, z, pValue, method } = compareProportions(a, b, { confidence })
    return { difference, lift, z, pValue, method }
  }
  if (!strata.some(hasBoth)) {
    const difference = unknownDifference(a, b, confidence)
    return { difference, lift: null, z: null, pValue: 1, method: 'stratified-exact' }
  }
  const { difference, lift, z, pValue, method } = compareStrata(strata, { confidence })
  return { difference, lift, z, pValue, method }
}

function watchPair({ a, b, strata }: Compared, confidence: number): AnytimeView {
  // from the first stratum on: with the second one the prior must not change
  if (strata.length > 0 && !strata.some(hasBoth)) {
    const difference = unknownDifference(a, b, confidence)
    const method = 'stratified-success-split'
    return { difference, lift: null, pValue: 1, adjustedPValue: 1, logEvidence: 0, method }
  }
  const { difference, lift, pValue, logEvidence, method } =
    strata.length === 0
      ? compareProportionsAnytime(a, b, { confidence })
      : compareStrataAnytime(strata, { confidence })
  return { difference, lift, pValue, adjustedPValue: pValue, logEvidence, method }
}

/** Of arms that no stratum brings together: the rates are apart, and nothing says why. */
function unknownDifference(a: Proportion, b: Proportion, confidence: number): Estimate {
  return { value: rateDifference(a, b), low: -1, high: 1, confidence }
}

function proportionOf({ converted, assigned }: JudgedArm): Proportion {
  return { successes: converted, trials: assigned }
}
