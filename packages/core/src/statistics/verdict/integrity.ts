import type { VerdictCheck } from '../../model/verdict.js'
import { anytimeSampleRatio } from '../sequential/anytime-sample-ratio.js'
import { anytimeAttritionTest } from '../validity/anytime-attrition.js'
import { type ArmFunnel, attritionTest } from '../validity/attrition.js'
import { sampleRatioTest } from '../validity/sample-ratio.js'
import { nameOfArm, variantsIn } from './contenders.js'
import type { JudgedArm, Question } from './verdict-input.js'

/** Below it the figures are not believed: a false alarm throws a whole experiment away. */
const DISBELIEF = 0.001

/** Whether the figures can be trusted at all; checks that cannot be made are left out. */
export function integrityChecks(question: Question): readonly VerdictCheck[] {
  return [...sampleRatioCheck(question), ...attritionCheck(question)]
}

function sampleRatioCheck({ arms, decision }: Question): readonly VerdictCheck[] {
  const weighed = arms.flatMap(({ arm, assigned, weight }) =>
    weight === null ? [] : [{ arm, assigned, weight }],
  )
  if (weighed.length < 2 || weighed.length < arms.length) return []
  if (weighed.every(({ assigned }) => assigned === 0)) return []
  const pValue =
    decision === 'anytime'
      ? anytimeSampleRatio(weighed.map(({ assigned, weight }) => ({ count: assigned, weight }))).pValue
      : sampleRatioTest(weighed).pValue
  const passed = pValue >= DISBELIEF
  const words = passed
    ? 'the arms have the sizes that were meant'
    : `the sizes of the arms are not those that were meant: ${weighed.map(({ arm, assigned }) => `${arm} ${assigned}`).join(', ')}`
  return [{ check: 'sample-ratio', passed, pValue, words }]
}

function funnelOf({ arm, assigned, sent, delivered, analysed }: JudgedArm): ArmFunnel | null {
  if (sent === null || assigned === 0) return null
  const arrived = delivered ?? sent
  return { arm, assigned, sent, delivered: arrived, analysed: analysed ?? arrived }
}

/** Only variants are written to; they are compared with each other. */
function attritionCheck(question: Question): readonly VerdictCheck[] {
  const funnels = variantsIn(question).flatMap((arm) => funnelOf(arm) ?? [])
  if (funnels.length < 2 || funnels.length < variantsIn(question).length) return []
  const test = question.decision === 'anytime' ? anytimeAttritionTest : attritionTest
  const { stages, differs } = test(funnels, { alpha: DISBELIEF })
  const worst = [...stages].reduce((left, right) =>
    right.adjustedPValue < left.adjustedPValue ? right : left,
  )
  const losses = worst.arms.map(
    ({ arm, kept, entered }) => `${nameOfArm(arm, question)} ${kept} of ${entered}`,
  )
  const words = differs
    ? `the arms lost members unequally from ${worst.from} to ${worst.to}: ${losses.join(', ')} were left`
    : 'the arms lost members alike on the way'
  return [{ check: 'attrition', passed: !differs, pValue: worst.adjustedPValue, words }]
}
