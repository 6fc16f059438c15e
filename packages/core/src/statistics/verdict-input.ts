import { CampaignKitError } from '../base/error.js'
import { type Arm, type Experiment, REMAINDER } from '../model/experiment.js'
import { checkCount, checkOpenShare } from './checks.js'

/** How many members an arm has, and how many of them did what the experiment asks for. */
export interface ArmOutcome {
  readonly arm: Arm
  readonly assigned: number
  /** At most `assigned`. */
  readonly converted: number
}

/** What {@link judge} is asked. */
export interface VerdictInput {
  /** Every variant, in the order of its declaration, and the holdout if the campaign has one; not the remainder. */
  readonly arms: readonly ArmOutcome[]
  /** The arm that got nothing. */
  readonly holdoutArm: Arm
  /** Two-sided error level of the whole question, 0 to 1, both excluded. */
  readonly alpha: number
  /** Whether every member has had its conversion window, so that no more can come in. */
  readonly mature: boolean
  /** Members that every compared arm needs, at least 1. @default 100 */
  readonly minRecipients?: number
  /** Conversions that the compared arms need together. @default 25 */
  readonly minConversions?: number
  /** What counts as converted: chooses the verb of the sentence. @default 'conversion' */
  readonly metric?: Experiment['metric']
}

/** The same with every default filled in. */
export type Question = Required<VerdictInput>

/** @throws INVALID_INPUT with the path of what is wrong */
export function checkedQuestion(input: VerdictInput): Question {
  const question = { minRecipients: 100, minConversions: 25, metric: 'conversion' as const, ...input }
  checkOpenShare(question.alpha, 'alpha')
  checkCount(question.minRecipients, 'minRecipients', 1)
  checkCount(question.minConversions, 'minConversions')
  checkArms(question.arms)
  return question
}

function checkArms(arms: readonly ArmOutcome[]): void {
  const seen = new Set<Arm>()
  arms.forEach(({ arm, assigned, converted }, index) => {
    const path = `arms[${index}]`
    checkCount(assigned, `${path}.assigned`)
    checkCount(converted, `${path}.converted`)
    if (converted > assigned) refuse(`${path}.converted`, 'more converted than assigned')
    if (seen.has(arm)) refuse(`${path}.arm`, 'is given twice')
    if (arm === REMAINDER) refuse(`${path}.arm`, 'waits for the verdict and has no part in it')
    seen.add(arm)
  })
}

function refuse(path: string, message: string): never {
  throw new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}
