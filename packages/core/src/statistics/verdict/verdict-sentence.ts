import type { Arm } from '../../model/experiment.js'
import { countText, percentText, type Rate } from '../../model/metrics.js'
import type { ArmResult, Comparison, Estimate, Verdict } from '../../model/verdict.js'
import { isUnequal } from './strata-result.js'
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

/** A verdict before it is put into words. */
type Unspoken = Omit<Verdict, 'sentence'>

/** One sentence of plain English about a verdict, with the numbers that it rests on. */
export function verdictSentence(question: Question, verdict: Unspoken): string {
  switch (verdict.outcome) {
    case 'not-an-experiment':
      return soleArmSentence(question, verdict)
    case 'keep-collecting':
      return `Too early to tell: ${verdict.reasons.join('; ')}.`
    case 'invalid':
      return `The figures cannot be trusted: ${verdict.reasons.join('; ')}.`
    case 'equivalent':
      return equivalentSentence(question, verdict)
    case 'no-difference':
      return noWinnerSentence(question, verdict)
    case 'winner':
      return winnerSentence(question, verdict)
  }
}

function soleArmSentence({ metric }: Question, { arms }: Unspoken): string {
  const shares = arms.map(({ rate }) => `${shareText(rate)} ${VERBS[metric]}; `).join('')
  return `No experiment: ${shares}without a second variant or a holdout nobody can say what the campaign changed.`
}

function winnerSentence(question: Question, verdict: Unspoken): string {
  const leaders = leadersOf(verdict)
  if (leaders === null) return verdict.reasons.join('; ')
  const { first, second, comparison } = leaders
  const { holdoutArm, metric } = question
  const interval =
    intervalText(decidingDifference(question, comparison)) + strataText(question, verdict, leaders)
  const against = `${VERBS[metric]} against ${groupText(second, holdoutArm)}, ${interval}`
  if (first.arm === holdoutArm) return `Sending did harm: ${groupText(first, holdoutArm)} ${against}.`
  if (second.arm === holdoutArm) return `The campaign worked: ${groupText(first, holdoutArm)} ${against}.`
  return `“${first.arm}” won: ${shareText(first.rate)} ${against}.`
}

function noWinnerSentence(question: Question, verdict: Unspoken): string {
  const failed = verdict.checks.filter(({ passed }) => !passed).map(({ words }) => `${words}; `)
  const leaders = leadersOf(verdict)
  if (leaders === null) return `No winner: ${verdict.reasons.join('; ')}.`
  const ruledOut = `differences larger than ${largestText(question, leaders)}`
  const within = strataText(question, verdict, leaders)
  return `No winner: ${failed.join('')}${ratesText(question, leaders)}; the data rules out ${ruledOut}${within}.`
}

function equivalentSentence(question: Question, verdict: Unspoken): string {
  const leaders = leadersOf(verdict)
  if (leaders === null) return `It makes no difference: ${verdict.reasons.join('; ')}.`
  const margin = `${pointsText(question.equivalenceMargin ?? 1)} points that were declared to matter`
  return `It makes no difference: ${ratesText(question, leaders)}; they differ by less than the ${margin}.`
}

interface Leaders {
  readonly first: ArmResult
  readonly second: ArmResult
  /** Of the first over the second. */
  readonly comparison: Comparison
}

function leadersOf({ arms, leaders }: Unspoken): Leaders | null {
  const first = arms.find(({ arm }) => arm === leaders?.arm)
  const second = arms.find(({ arm }) => arm === leaders?.against)
  if (leaders === null || first === undefined || second === undefined) return null
  return { first, second, comparison: leaders }
}

function ratesText({ holdoutArm, metric }: Question, { first, second }: Leaders): string {
  return `${groupText(first, holdoutArm)} ${VERBS[metric]} against ${groupText(second, holdoutArm)}`
}

function decidingDifference({ decision }: Question, { anytime, difference }: Comparison): Estimate {
  return decision === 'anytime' ? anytime.difference : difference
}

/** The end of the interval that is further from 0. */
function largestText(question: Question, { comparison }: Leaders): string {
  const difference = decidingDifference(question, comparison)
  const largest = Math.max(Math.abs(difference.low), Math.abs(difference.high))
  return `${pointsText(largest)} points (${confidenceText(difference)})`
}

/**
 * That the arms were compared within strata, where the difference is not that of the rates beside it; and that it is not the
 * same in all of them.
 */
function strataText(
  question: Question,
  { strata }: Unspoken,
  { first, second, comparison }: Leaders,
): string {
  if (strata === null) return ''
  const within = `each of ${strata.strata.length} parts of the audience compared for itself`
  if (isUnequal(question, strata))
    return `, ${within}; they differ: what is best for all need not be best for each`
  const rateOf = ({ rate }: ArmResult) => rate.numerator / rate.denominator
  const apart = rateOf(first) - rateOf(second)
  const { value } = decidingDifference(question, comparison)
  return pointsText(apart) === pointsText(value) && apart * value >= 0 ? '' : `, ${within}`
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
