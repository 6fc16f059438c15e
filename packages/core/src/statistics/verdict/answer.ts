import type { Arm } from '../../model/experiment.js'
import type { Comparison, Estimate } from '../../model/verdict.js'
import { differenceAt } from './compare-arms.js'
import { contendersIn } from './contenders.js'
import { findWinner } from './find-winner.js'
import type { Question } from './verdict-input.js'

/** What the figures alone say. */
export type Answer =
  | { readonly outcome: 'winner'; readonly winner: Arm }
  | { readonly outcome: 'equivalent' }
  | { readonly outcome: 'open' }

/** What the figures say by the view that decides. A margin goes first: differences within it were declared to be none. */
export function answerOf(question: Question, comparisons: readonly Comparison[]): Answer {
  if (isEquivalent(question, comparisons)) return { outcome: 'equivalent' }
  const winner = findWinner(question, comparisons)
  return winner === null ? { outcome: 'open' } : { outcome: 'winner', winner }
}

/**
 * Whether all pairs of the question are within the margin. Looked at once, by two one-sided tests (Schuirmann 1987),
 * that is, an interval at 1 - 2 alpha; at any time, by the confidence sequence. No correction: all pairs must pass.
 */
function isEquivalent(question: Question, comparisons: readonly Comparison[]): boolean {
  const margin = question.equivalenceMargin
  if (margin === null) return false
  const contenders = contendersIn(question)
  const isCompared = (arm: Arm) => contenders.some((each) => each.arm === arm)
  const pairs = comparisons.filter(({ arm, against }) => isCompared(arm) && isCompared(against))
  return pairs.every((pair) => {
    const { low, high } = marginInterval(question, pair)
    return low > -margin && high < margin
  })
}

function marginInterval(question: Question, { arm, against, anytime, difference }: Comparison): Estimate {
  const { arms, alpha, decision } = question
  if (decision === 'anytime') return anytime.difference
  const found = (name: Arm) => arms.find((each) => each.arm === name)
  const [a, b] = [found(arm), found(against)]
  if (a === undefined || b === undefined || alpha >= 0.5) return difference
  return differenceAt(a, b, question, 1 - 2 * alpha)
}
