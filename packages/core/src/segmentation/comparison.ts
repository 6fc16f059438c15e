import { assertNever } from '../base/assert-never.js'
import { byCodePoints } from '../base/by-code-points.js'
import type { Comparison, Scalar } from '../model/criteria.js'

/** The comparison that holds of two values of one type exactly when the other does not. */
export const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
}

/** Compares the order of two values of one type: numbers by size, texts by code points, flags with false before true. */
export function isOrdered(left: Scalar, op: Exclude<Comparison, '=' | '!='>, right: Scalar): boolean {
  const order =
    typeof left === 'string' && typeof right === 'string' ? byCodePoints(left, right) : +left - +right
  switch (op) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return assertNever(op)
  }
}

/** Tells for numbers how they compare with a fixed one. */
export function numberTest(op: Comparison, right: number): (left: number) => boolean {
  switch (op) {
    case '=':
      return (left) => left === right
    case '!=':
      return (left) => left !== right
    case '<':
      return (left) => left < right
    case '<=':
      return (left) => left <= right
    case '>':
      return (left) => left > right
    case '>=':
      return (left) => left >= right
    default:
      return assertNever(op)
  }
}
