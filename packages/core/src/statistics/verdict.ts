import type { Arm } from '../model/experiment.js'
import { rate } from '../model/metrics.js'
import type { ArmResult, Comparison, Verdict } from '../model/verdict.js'
import { compareProportions } from './compare-proportions.js'
import { holmAdjusted } from './holm.js'
import { wilsonInterval } from './intervals.js'
import { type ArmOutcome, checkedQuestion, type Question, type VerdictInput } from './verdict-input.js'
import { verdictSentence } from './verdict-sentence.js'

/**
 * Says what an experiment showed: the same input always gives the same verdict.
 *
 * With two variants or more the question is which variant does better. Its family of comparisons is every pair of
 * variants; a variant wins when it beats every other one with a p-value below alpha after Holm's correction among the
 * family, so that the chance of naming any winner where there is none is at most alpha. The comparisons with the
 * holdout are a family of their own. A variant that does worse than the holdout does not win, and a holdout that
 * beats every variant is the winner: then it is better to send nothing. With one variant and a holdout, only that is
 * the question.
 *
 * Nothing is decided before the results are mature and each compared arm has its minimum; looking at the figures
 * earlier, again and again, does no harm for that reason. Intervals stand at 1 - alpha, each for itself.
 *
 * @throws INVALID_INPUT with a path such as `arms[1].converted` or `alpha`
 *
 * @example
 * ```ts
 * import { judge } from '@campaignkit/core/statistics'
 * const { outcome, winner } = judge({
 *   arms: [
 *     { arm: 'plain', assigned: 2000, converted: 80 },
 *     { arm: 'emoji', assigned: 2000, converted: 122 },
 *   ],
 *   holdoutArm: 'holdout', alpha: 0.05, mature: true,
 * }) // 'winner', 'emoji'
 * ```
 */
export function judge(input: VerdictInput): Verdict {
  const question = checkedQuestion(input)
  const comparisons = [...compareVariants(question), ...compareWithHoldout(question)]
  const { outcome, winner, reasons } = decide(question, comparisons)
  const verdict = {
    outcome,
    winner,
    reasons,
    arms: question.arms.map((arm) => armResult(arm, question)),
    comparisons,
    confidence: 1 - question.alpha,
  }
  return { ...verdict, sentence: verdictSentence(question, verdict) }
}

function armResult({ arm, assigned, converted }: ArmOutcome, { alpha }: Question): ArmResult {
  const interval = assigned === 0 ? null : wilsonInterval(converted, assigned, 1 - alpha)
  return { arm, rate: rate(converted, assigned), interval }
}

function variantsIn({ arms, holdoutArm }: Question): readonly ArmOutcome[] {
  return arms.filter(({ arm }) => arm !== holdoutArm)
}

/** The arms that the verdict is about: the variants, or the only one and the holdout. */
function contenders(question: Question): readonly ArmOutcome[] {
  return variantsIn(question).length > 1 ? variantsIn(question) : question.arms
}

type Pair = readonly [ArmOutcome, ArmOutcome]

function compareVariants(question: Question): readonly Comparison[] {
  const variants = variantsIn(question)
  const pairs = variants.flatMap((first, index) =>
    variants.slice(index + 1).map((second): Pair => [first, second]),
  )
  return compareFamily(pairs, question)
}

function compareWithHoldout(question: Question): readonly Comparison[] {
  const holdout = question.arms.find(({ arm }) => arm === question.holdoutArm)
  if (holdout === undefined) return []
  return compareFamily(
    variantsIn(question).map((variant): Pair => [variant, holdout]),
    question,
  )
}

/** Compares pairs and corrects their p-values together. */
function compareFamily(pairs: readonly Pair[], { alpha }: Question): readonly Comparison[] {
  const compared = pairs
    .filter((pair) => pair.every(({ assigned }) => assigned > 0))
    .map(([first, second]) => ({
      arm: first.arm,
      against: second.arm,
      ...compareProportions(
        { successes: first.converted, trials: first.assigned },
        { successes: second.converted, trials: second.assigned },
        { confidence: 1 - alpha },
      ),
    }))
  const adjusted = holmAdjusted(compared.map(({ pValue }) => pValue))
  return compared.map((comparison, index) => ({ ...comparison, adjustedPValue: adjusted[index] ?? 1 }))
}

type Decision = Pick<Verdict, 'outcome' | 'winner' | 'reasons'>

function decide(question: Question, comparisons: readonly Comparison[]): Decision {
  const compared = contenders(question)
  if (compared.length < 2) {
    return { outcome: 'not-an-experiment', winner: null, reasons: ['there is nothing to compare with'] }
  }
  const missing = whatIsMissing(question, compared)
  if (missing.length > 0) return { outcome: 'keep-collecting', winner: null, reasons: missing }
  const winner = findWinner(question, comparisons)
  if (winner === null) {
    return {
      outcome: 'no-difference',
      winner,
      reasons: [`no arm beats all others at alpha ${question.alpha}`],
    }
  }
  return { outcome: 'winner', winner, reasons: [winningReason(question, comparisons, winner)] }
}

const listFormat = new Intl.ListFormat('en')

/** Who beats whom; a comparison of the winner that shows nothing is named as well. */
function winningReason(
  { holdoutArm, alpha }: Question,
  comparisons: readonly Comparison[],
  winner: Arm,
): string {
  const ofWinner = comparisons.filter(({ arm, against }) => arm === winner || against === winner)
  const rivalIn = ({ arm, against }: Comparison) => (arm === winner ? against : arm)
  const nameOf = (arm: Arm) => (arm === holdoutArm ? 'the holdout' : arm)
  const beaten = ofWinner.filter((each) => isWon(each, winner, rivalIn(each), alpha))
  const open = ofWinner.filter((each) => !beaten.includes(each))
  const listOf = (some: readonly Comparison[]) => listFormat.format(some.map((each) => nameOf(rivalIn(each))))
  const beats = `${nameOf(winner)} beats ${listOf(beaten)} at alpha ${alpha}`
  return open.length === 0 ? beats : `${beats}, but whether it beats ${listOf(open)} is open`
}

function whatIsMissing(
  { mature, minRecipients, minConversions }: Question,
  compared: readonly ArmOutcome[],
): string[] {
  const conversions = compared.reduce((sum, { converted }) => sum + converted, 0)
  const small = compared.filter(({ assigned }) => assigned < minRecipients)
  return [
    ...(mature ? [] : ['conversions can still come in']),
    ...small.map(
      ({ arm, assigned }) => `${arm} has ${assigned} of the ${minRecipients} members that it needs`,
    ),
    ...(conversions < minConversions
      ? [`${conversions} of the ${minConversions} conversions that are needed`]
      : []),
  ]
}

function findWinner(question: Question, comparisons: readonly Comparison[]): Arm | null {
  const variants = variantsIn(question).map(({ arm }) => arm)
  const beats = (arm: Arm, other: Arm) =>
    comparisons.some((comparison) => isWon(comparison, arm, other, question.alpha))
  const { holdoutArm } = question
  if (variants.every((variant) => beats(holdoutArm, variant))) return holdoutArm
  const best = variants.find((variant) =>
    variants.every((other) => other === variant || beats(variant, other)),
  )
  if (best === undefined || beats(holdoutArm, best)) return null
  return variants.length > 1 || beats(best, holdoutArm) ? best : null
}

/** Whether a comparison shows that one arm does better than another. */
function isWon(
  { arm, against, difference, adjustedPValue }: Comparison,
  better: Arm,
  worse: Arm,
  alpha: number,
): boolean {
  if (adjustedPValue >= alpha) return false
  return difference.value > 0 ? arm === better && against === worse : arm === worse && against === better
}
