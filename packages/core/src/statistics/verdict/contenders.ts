import type { JudgedArm, Question } from './verdict-input.js'

/** The arms that are written to. */
export function variantsIn({ arms, holdoutArm }: Question): readonly JudgedArm[] {
  return arms.filter(({ arm }) => arm !== holdoutArm)
}

/** The arms that the verdict is about: the variants, or the only one and the holdout. */
export function contendersIn(question: Question): readonly JudgedArm[] {
  return variantsIn(question).length > 1 ? variantsIn(question) : question.arms
}

/** The name of an arm among the words of a reason. */
export function nameOfArm(arm: string, { holdoutArm }: Question): string {
  return arm === holdoutArm ? 'the holdout' : arm
}
