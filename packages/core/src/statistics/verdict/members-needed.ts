import type { Comparison, MembersNeeded } from '../../model/verdict.js'
import { proportionSampleSize } from '../planning/proportions.js'
import { variantsIn } from './contenders.js'
import type { Question } from './verdict-input.js'

const POWER = 0.8

/** How many tests share the error level: pairs of variants. */
function familySize(question: Question): number {
  const variants = variantsIn(question).length
  return Math.max(1, (variants * (variants - 1)) / 2)
}

/** More than there are people: a difference that needs as many matters to nobody. */
const MOST_MEMBERS = 1e10

/**
 * How many members an arm would need to settle what is open between the leading arms: to show the declared margin when
 * there is one, else the difference that was observed (Fleiss, equation 4.14, at the level that Holm's first step asks
 * for), and no fewer than the least members and conversions that the verdict asks for. A test that is watched needs
 * somewhat more.
 */
export function membersNeeded(question: Question, leaders: Comparison | null): MembersNeeded | null {
  if (leaders === null) return null
  const { equivalenceMargin } = question
  const rates = leadingRates(question, leaders)
  const target = equivalenceMargin === null ? rates.first : rates.second + equivalenceMargin
  const [control, variant] = [rates.second, target]
  if (control <= 0 || variant >= 1 || variant <= control) return null
  const alpha = question.alpha / familySize(question)
  if (alpha >= POWER || variance(control, variant) / (variant - control) ** 2 > MOST_MEMBERS) return null
  const { sizes } = proportionSampleSize({ rates: { control, variant }, alpha, power: POWER })
  const membersPerArm = Math.max(
    sizes.control,
    question.minRecipients,
    Math.ceil(question.minConversions / control),
  )
  return {
    membersPerArm,
    moreMembersPerArm: Math.max(0, membersPerArm - rates.members),
    difference: variant - control,
    assuming: equivalenceMargin === null ? 'observed-difference' : 'equivalence-margin',
    power: POWER,
  }
}

function variance(first: number, second: number): number {
  return first * (1 - first) + second * (1 - second)
}

function leadingRates({ arms }: Question, { arm, against }: Comparison) {
  const found = (name: string) => arms.find((each) => each.arm === name)
  const rateOf = (name: string) => (found(name)?.converted ?? 0) / (found(name)?.assigned ?? 1)
  const members = Math.min(found(arm)?.assigned ?? 0, found(against)?.assigned ?? 0)
  return { first: rateOf(arm), second: rateOf(against), members }
}
