import type { Comparison } from '../../model/verdict.js'
import { contendersIn, variantsIn } from './contenders.js'
import type { JudgedArm, Question } from './verdict-input.js'

/** Who would win, and over whom: the arm that is ahead of the others, and all tests that are corrected together. */
export interface Race {
  readonly ahead: string
  readonly behind: string
  readonly family: readonly (readonly [string, string])[]
  /** Arms that need the least members and conversions. */
  readonly compared: readonly JudgedArm[]
}

export function armOf({ arms }: Question, name: string): JudgedArm {
  return arms.find(({ arm }) => arm === name) as JudgedArm
}

export function rateOf(question: Question, name: string): number {
  const { converted, assigned } = armOf(question, name)
  return converted / assigned
}

export function raceOf(question: Question, { arm, against, difference }: Comparison): Race {
  const contenders = contendersIn(question)
  const variants = variantsIn(question)
  const [ahead, behind] = difference.value < 0 ? [against, arm] : [arm, against]
  const { holdoutArm } = question
  const holdout = question.arms.find((each) => each.arm === holdoutArm && each.assigned > 0)
  if (
    variants.length > 1 &&
    holdout !== undefined &&
    rateOf(question, holdoutArm) > rateOf(question, ahead)
  ) {
    const family = variants.map((variant) => [holdoutArm, variant.arm] as const)
    return { ahead: holdoutArm, behind: ahead, family, compared: question.arms }
  }
  const family = contenders.flatMap((first, index) =>
    contenders.slice(index + 1).map((second) => [first.arm, second.arm] as const),
  )
  return { ahead, behind, family, compared: contenders }
}

/** Whether every arm has a rate, and the first is ahead of each; where it is not, more of the same changes nothing. */
export function isPossible(question: Question, race: Race, comparisons: readonly Comparison[]): boolean {
  if (race.compared.some(({ assigned }) => assigned === 0)) return false
  if (race.compared.some(({ converted }) => converted === 0) && question.minConversions > 0) return false
  if (question.equivalenceMargin !== null) return true
  return comparisons
    .filter(({ arm, against }) => race.family.some((pair) => pair.includes(arm) && pair.includes(against)))
    .every(({ arm, against, difference }) => {
      if (arm !== race.ahead && against !== race.ahead) return true
      return arm === race.ahead ? difference.value > 0 : difference.value < 0
    })
}

/** What the least members and conversions of the verdict ask for beyond those that there are. */
export function missingMembers({ minRecipients, minConversions }: Question, { compared }: Race): number {
  const missing = compared.map(({ assigned, converted }) => {
    const conversions = Math.max(0, minConversions - converted)
    return Math.max(
      minRecipients - assigned,
      conversions === 0 ? 0 : Math.ceil((conversions * assigned) / converted),
    )
  })
  return Math.max(0, ...missing)
}
