import { analyzeSync, type Variable } from 'liquidjs'
import type { Template } from './template.js'

/** A variable that a template takes from outside. */
export interface UsedVariable {
  /** As it is written: `customer.firstName`. */
  readonly name: string
  /** Its segments; null where the name is itself computed. */
  readonly segments: readonly (string | number | null)[]
  readonly line: number
  readonly column: number
}

/** The variables that a template takes from outside: those of its loops, assigns and captures are left out. */
export function usedVariables(template: Template): readonly UsedVariable[] {
  const { globals } = analyzeSync([...template.pieces], { partials: false })
  return Object.values(globals).flatMap((variables) => variables.map(usedVariable))
}

/** A variable as the analysis of a template gives it. */
export function usedVariable(variable: Variable): UsedVariable {
  return {
    name: variable.toString(),
    segments: variable.segments.map((segment) => (typeof segment === 'object' ? null : segment)),
    line: variable.location.row,
    column: variable.location.col,
  }
}

/** Whether a template takes a variable of this root from outside. */
export function usesVariable(template: Template, root: string): boolean {
  return usedVariables(template).some(({ segments }) => segments[0] === root)
}
