import type { Arm } from '../model/experiment.js'
import { countText, percentText, type Rate } from '../model/metrics.js'
import type { ArmResult, Estimate, Verdict } from '../model/verdict.js'
import type { Proportion } from './checks.js'
import { newcombeInterval } from './intervals.js'
import type { Question } from './verdict-input.js'

/** What members did, in the words of the sentence. */
const VERBS = { conversion: 'converted', redemption: 'redeemed the coupon', click: 'clicked' } as const

const pointsFormat = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const finePointsFormat = new Intl.NumberFormat('en', { maximumSignificantDigits: 1 })
const confidenceFormat = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 })

/** A difference of rates in percentage points, without its sign. */
function pointsText(difference: number): string {
  const size = Math.abs(difference) * 100
  return size > 0 && size < 0.05 ? finePointsFormat.format(size) : pointsFormat.format(size)
}

/** One sentence of plain English about a verdict, with the numbers that it rests on. */
export function verdictSentence(question: Question, verdict: Omit<Verdict, 'sentence'>): string {
  switch (verdict.outcome) {
    case 'not-an-experiment':
      return soleArmSentence(question, verdict)
    case 'keep-collecting':
      return `Too early to tell: ${verdict.reasons.join('; ')}.`
    case 'no-difference':
      return noWinnerSentence(question, verdict)
    case 'winner':
      return winnerSentence(question, verdict)
  }
}

function soleArmSentence({ metric }: Question, { arms }: Omit<Verdict, 'sentence'>): string {
  const shares = arms.map(({ rate }) => `${shareText(rate)} ${VERBS[metric]}; `).join('')
  return `No experiment: ${shares}without a second variant or a holdout nobody can say what the campaign changed.`
}

function winnerSentence(question: Question, verdict: Omit<Verdict, 'sentence'>): string {
  const { first, second, difference } = leadersOf(question, verdict)
  const { holdoutArm, metric } = question
  const interval = intervalText(difference)
  const against = `${VERBS[metric]} against ${groupText(second, holdoutArm)}, ${interval}`
  if (first.arm === holdoutArm) return `Sending did harm: ${groupText(first, holdoutArm)} ${against}.`
  if (second.arm === holdoutArm) return `The campaign worked: ${groupText(first, holdoutArm)} ${against}.`
  return `“${first.arm}” won: ${shareText(first.rate)} ${against}.`
}

function noWinnerSentence(question: Question, verdict: Omit<Verdict, 'sentence'>): string {
  const { first, second, difference } = leadersOf(question, verdict)
  const { holdoutArm, metric } = question
  const against = `${groupText(first, holdoutArm)} ${VERBS[metric]} against ${groupText(second, holdoutArm)}`
  const largest = pointsText(Math.max(Math.abs(difference.low), Math.abs(difference.high)))
  const ruledOut = `differences larger than ${largest} points (${confidenceText(difference)})`
  return `No winner: ${against}; the data rules out ${ruledOut}.`
}

interface Leaders {
  readonly first: ArmResult
  readonly second: ArmResult
  /** Of the first over the second. */
  readonly difference: Estimate
}

/** The winner (else the arm with the highest rate) and the best of the others, among the arms of the question. */
function leadersOf(
  { holdoutArm }: Question,
  { arms, winner, confidence }: Omit<Verdict, 'sentence'>,
): Leaders {
  const variants = arms.filter(({ arm }) => arm !== holdoutArm)
  const compared = variants.length > 1 && winner !== holdoutArm ? variants : arms
  const first = compared.find(({ arm }) => arm === winner) ?? compared.reduce(higher)
  const second = compared.filter((other) => other !== first).reduce(higher)
  return {
    first,
    second,
    difference: newcombeInterval(proportionOf(first), proportionOf(second), confidence),
  }
}

function higher(left: ArmResult, right: ArmResult): ArmResult {
  return Number(right.rate.value) > Number(left.rate.value) ? right : left
}

function proportionOf({ rate }: ArmResult): Proportion {
  return { successes: rate.numerator, trials: rate.denominator }
}

function shareText({ value, denominator }: Rate): string {
  return `${percentText(value ?? 0)} of ${countText(denominator)}`
}

function groupText({ arm, rate }: ArmResult, holdoutArm: Arm): string {
  return `${shareText(rate)} ${arm === holdoutArm ? 'who got nothing' : `with “${arm}”`}`
}

function confidenceText({ confidence }: Estimate): string {
  return `${confidenceFormat.format(confidence)} interval`
}

/** The test and the interval may disagree by a hair: an interval that crosses 0 is printed as it is. */
function intervalText(difference: Estimate): string {
  const { low, high } = difference
  const from = low < 0 ? `${pointsText(low)} points less` : pointsText(low)
  return `${from} to ${pointsText(high)} points more (${confidenceText(difference)})`
}
