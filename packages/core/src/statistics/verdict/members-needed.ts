import type { Comparison, MembersNeeded } from '../../model/verdict.js'
import { proportionSampleSize } from '../planning/proportions.js'
import { answerOf } from './answer.js'
import { compareArms } from './compare-arms.js'
import { leastMembersWhere, MOST_MEMBERS, type Start } from './least-members.js'
import { projectedQuestion } from './projected.js'
import { armOf, isPossible, missingMembers, type Race, raceOf, rateOf } from './race.js'
import { raceEnd } from './race-end.js'
import type { Question } from './verdict-input.js'

/** Of a plan for one look. */
const POWER = 0.8
/** Of the members at which the rates that were seen settle it: luck settles it sooner as often as later. */
const EVEN = 0.5

type Assuming = MembersNeeded['assuming']

/**
 * How many more members of every arm would settle what is open between the leading arms, never 0. The figures are
 * projected at the rates that were seen, and the view that decides is asked, with its tuning and Holm's correction, and
 * with the least members and conversions that the verdict asks for: of watched figures, exactly this. A test that looks
 * once is planned anew: no fewer than it needs to see the difference (or the margin) with a power of 0.8 (Fleiss, equation
 * 4.14, at the level of Holm's first step).
 *
 * @returns null when no number of members would help, or time alone is missing
 */
export function membersNeeded(
  question: Question,
  comparisons: readonly Comparison[],
  leaders: Comparison | null,
): MembersNeeded | null {
  const race = leaders === null ? null : raceOf(question, leaders)
  if (race === null || !isPossible(question, race, comparisons)) return null
  const missing = missingMembers(question, race)
  // figures that speak already wait for time, not for members
  if (missing === 0 && answerOf(question, comparisons).outcome !== 'open') return null
  const have = Math.min(armOf(question, race.ahead).assigned, armOf(question, race.behind).assigned)
  const isWatched = question.decision === 'anytime'
  const planned = isWatched ? have : plannedMembers(question, race)
  if (planned === null) return null
  const found = leastMembers(question, race, Math.max(1, missing, planned - have))
  if (found === null) return null
  const { equivalenceMargin } = question
  const apart = rateOf(question, race.ahead) - rateOf(question, race.behind)
  const aimed = equivalenceMargin === null ? 'observed-difference' : 'equivalence-margin'
  const assuming = isWatched ? found.assuming : aimed
  return {
    membersPerArm: have + found.more,
    moreMembersPerArm: found.more,
    difference: assuming === 'equivalence-margin' ? (equivalenceMargin ?? apart) : apart,
    assuming,
    power: isWatched ? EVEN : POWER,
  }
}

interface Found {
  readonly more: number
  readonly assuming: Assuming
}

function leastMembers(question: Question, race: Race, least: number): Found | null {
  const have = Math.min(...race.compared.map(({ assigned }) => assigned))
  const start = { least, have }
  return question.equivalenceMargin === null
    ? wonAt(raceEnd(question, race, start))
    : marginEnd(question, start)
}

function wonAt(more: number | null): Found | null {
  return more === null ? null : { more, assuming: 'observed-difference' }
}

/** With a margin: whichever comes first, that the arms are alike or that one wins. */
function marginEnd(question: Question, start: Start): Found | null {
  const outcomeAt = (more: number) => {
    const asked = projectedQuestion(question, more)
    return answerOf(asked, compareArms(asked)).outcome
  }
  const more = leastMembersWhere(start, (tried) => (outcomeAt(tried) === 'open' ? 1 : -1))
  if (more === null) return null
  return { more, assuming: outcomeAt(more) === 'equivalent' ? 'equivalence-margin' : 'observed-difference' }
}

/** Members of an arm that a test which looks once is planned for; null when there are not as many, or no such plan. */
function plannedMembers(question: Question, { ahead, behind, family }: Race): number | null {
  const control = rateOf(question, behind)
  const variant =
    question.equivalenceMargin === null ? rateOf(question, ahead) : control + question.equivalenceMargin
  if (control <= 0 || variant >= 1 || variant <= control) return null
  const alpha = question.alpha / family.length
  const spread = control * (1 - control) + variant * (1 - variant)
  if (alpha >= POWER || spread / (variant - control) ** 2 > MOST_MEMBERS) return null
  return proportionSampleSize({ rates: { control, variant }, alpha, power: POWER }).sizes.control
}
