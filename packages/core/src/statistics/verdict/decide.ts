import type { Arm } from '../../model/experiment.js'
import type { Comparison, Verdict, VerdictCheck } from '../../model/verdict.js'
import { type Answer, answerOf } from './answer.js'
import { compareArms } from './compare-arms.js'
import { contendersIn, nameOfArm } from './contenders.js'
import { decidingPValue, isWon } from './find-winner.js'
import { guardrailCheck, guardrailsOfAll } from './guardrails.js'
import { integrityChecks } from './integrity.js'
import type { Leaders } from './leaders.js'
import { strataChecks } from './strata-result.js'
import type { JudgedArm, Question } from './verdict-input.js'

/** What the outcome is, and what was asked before it was settled. */
export type Decision = Pick<Verdict, 'outcome' | 'winner' | 'reasons' | 'checks'>

/** Settles the outcome, one question after the other: trust, maturity and size, machines, guardrails. */
export function decide(
  question: Question,
  comparisons: readonly Comparison[],
  leadersOf: (winner: Arm | null) => Leaders | null,
): Decision {
  if (contendersIn(question).length < 2) {
    const reasons = ['there is nothing to compare with']
    return { outcome: 'not-an-experiment', winner: null, reasons, checks: [] }
  }
  const integrity = integrityChecks(question)
  const distrust = integrity.filter(({ passed }) => !passed)
  if (distrust.length > 0) return unsettled('invalid', distrust, integrity)
  const readiness = [maturityCheck(question), minimumCheck(question, contendersIn(question))]
  const checks = [...integrity, ...readiness]
  const waits = !question.equallyMature || (question.decision === 'fixed' && !question.mature)
  const missing = readiness.filter(({ check, passed }) => !passed && (check === 'minimum' || waits))
  if (missing.length > 0) return withGuardrails(question, unsettled(openOutcome(question), missing, checks))
  return answered(question, comparisons, leadersOf, checks)
}

function unsettled(
  outcome: Decision['outcome'],
  failed: readonly VerdictCheck[],
  checks: readonly VerdictCheck[],
): Decision {
  return { outcome, winner: null, reasons: failed.map(({ words }) => words), checks }
}

function answered(
  question: Question,
  comparisons: readonly Comparison[],
  leadersOf: (winner: Arm | null) => Leaders | null,
  asked: readonly VerdictCheck[],
): Decision {
  const answer = answerOf(question, comparisons)
  const machines = machineCheck(question, answer)
  const winner = answer.outcome === 'winner' ? answer.winner : null
  const strata = strataChecks(question, leadersOf(winner)?.strata ?? null)
  const checks = [...asked, machines, ...strata]
  if (!machines.passed) return unsettled('invalid', [machines], checks)
  if (answer.outcome === 'equivalent') {
    const reasons = [`the arms differ by less than ${question.equivalenceMargin} at alpha ${question.alpha}`]
    return withGuardrails(question, { ...answer, winner: null, reasons, checks })
  }
  const turned = strata.filter(({ passed }) => !passed)
  if (turned.length > 0) return unsettled(openOutcome(question), turned, checks)
  if (winner !== null) return crowned(question, comparisons, winner, checks)
  const reasons = [`no arm beats all others at alpha ${question.alpha}`]
  return withGuardrails(question, { outcome: openOutcome(question), winner: null, reasons, checks })
}

/** A result without a winner is no leave to take whichever one likes: one of them may drive people away. */
function withGuardrails(question: Question, decision: Decision): Decision {
  const guardrails = decision.outcome === 'keep-collecting' ? null : guardrailsOfAll(question)
  if (guardrails === null) return decision
  const reasons = guardrails.passed ? decision.reasons : [...decision.reasons, guardrails.words]
  return { ...decision, reasons, checks: [...decision.checks, guardrails] }
}

function openOutcome({ mature }: Question): 'no-difference' | 'keep-collecting' {
  return mature ? 'no-difference' : 'keep-collecting'
}

function crowned(
  question: Question,
  comparisons: readonly Comparison[],
  winner: Arm,
  asked: readonly VerdictCheck[],
): Decision {
  const open = openOutcome(question)
  if (winner === question.holdoutArm) {
    // among several variants it is not compared until it would win
    const minimum = minimumCheck(question, question.arms)
    const checks = asked.map((each) => (each.check === 'minimum' ? minimum : each))
    if (!minimum.passed) return unsettled(open, [minimum], checks)
  }
  const guardrails = guardrailCheck(question, winner)
  const checks = [...asked, guardrails]
  if (!guardrails.passed) return unsettled(open, [guardrails], checks)
  return { outcome: 'winner', winner, reasons: [winningReason(question, comparisons, winner)], checks }
}

function maturityCheck({ mature }: Question): VerdictCheck {
  const words = mature ? 'every conversion window has passed' : 'conversions can still come in'
  return { check: 'maturity', passed: mature, pValue: null, words }
}

function minimumCheck(question: Question, arms: readonly JudgedArm[]): VerdictCheck {
  const { minRecipients, minConversions } = question
  const missing = arms.flatMap(({ arm, assigned, converted }) => {
    const name = nameOfArm(arm, question)
    return [
      ...(assigned < minRecipients
        ? [`${name} has ${assigned} of the ${minRecipients} members that it needs`]
        : []),
      ...(converted < minConversions
        ? [`${name} has ${converted} of the ${minConversions} conversions that it needs`]
        : []),
    ]
  })
  const words =
    missing.length === 0 ? 'every compared arm has members and conversions enough' : missing.join('; ')
  return { check: 'minimum', passed: missing.length === 0, pValue: null, words }
}

/**
 * Whether the answer stays the same when what machines did is counted as if people had done it. Nobody counts by stratum
 * what they did: both answers are then those of the arms as a whole.
 */
function machineCheck(question: Question, answer: Answer): VerdictCheck {
  const arms = question.arms.map((arm) => ({ ...arm, converted: arm.convertedWithMachines }))
  const without = arms.every(({ converted }, index) => converted === question.arms[index]?.converted)
  const whole = { ...question, strata: [] }
  const asPeople = { ...whole, arms }
  const isWhole = without || question.strata.length === 0
  const one = isWhole ? answer : answerOf(whole, compareArms(whole))
  const other = without ? answer : answerOf(asPeople, compareArms(asPeople))
  const isSame =
    other.outcome === one.outcome &&
    (other.outcome !== 'winner' || one.outcome !== 'winner' || other.winner === one.winner)
  const words = isSame
    ? 'machines do not change the answer'
    : 'the answer depends on whether what machines did is counted'
  return { check: 'machines', passed: isSame, pValue: null, words }
}

const listFormat = new Intl.ListFormat('en')

/** Who beats whom; a comparison of the winner that shows nothing is named as well. */
function winningReason(question: Question, comparisons: readonly Comparison[], winner: Arm): string {
  const ofWinner = comparisons.filter(({ arm, against }) => arm === winner || against === winner)
  const rivalIn = ({ arm, against }: Comparison) => (arm === winner ? against : arm)
  const beaten = ofWinner.filter((each) => isWon(each, winner, rivalIn(each), question))
  const open = ofWinner.filter((each) => decidingPValue(each, question.decision) >= question.alpha)
  const listOf = (some: readonly Comparison[]) =>
    listFormat.format(some.map((each) => nameOfArm(rivalIn(each), question)))
  const beats = `${nameOfArm(winner, question)} beats ${listOf(beaten)} at alpha ${question.alpha}`
  return open.length === 0 ? beats : `${beats}, but whether it beats ${listOf(open)} is open`
}
