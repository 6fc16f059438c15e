import { CampaignKitError } from '../../base/error.js'
import { type Arm, type Experiment, REMAINDER } from '../../model/experiment.js'
import { checkCount, checkOpenShare } from '../checks.js'
import { checkPositive, checkWord } from '../number-checks.js'
import { checkedStrata, type StratumCounts } from './strata-counts.js'

export type { StratumCounts }

/** Members of an arm whom somebody would rather not have lost. */
export type Guardrail = 'unsubscribed' | 'complained' | 'bounced'
export const GUARDRAILS: readonly Guardrail[] = ['unsubscribed', 'complained', 'bounced']

/** How many members an arm has, and how many of them did what. Every number counts members, each at most once. */
export interface ArmOutcome {
  readonly arm: Arm
  readonly assigned: number
  /** Members who did what the experiment asks for, machines left out; at most `assigned`. */
  readonly converted: number
  /** The same with what machines did: `converted` to `assigned`. @default converted */
  readonly convertedWithMachines?: number
  /** The share that it was meant to have, relative to those of the others; above 0. Without it sample ratios are not judged. */
  readonly weight?: number
  /** How many were written to, and how many of them the message came to; of a holdout neither. */
  readonly sent?: number
  readonly delivered?: number
  /**
   * How many of those count in `converted` and `assigned`: fewer where members were taken out after the message came to them,
   * such as those without a purchase record to look into. The kit takes nobody out. @default delivered
   */
  readonly analysed?: number
  /** Guardrails, each at most `assigned`. @default 0 */
  readonly unsubscribed?: number
  readonly complained?: number
  readonly bounced?: number
}

/** What {@link judge} is asked. */
export interface VerdictInput {
  /** Every variant, in the order of its declaration, and the holdout if the campaign has one; not the remainder. */
  readonly arms: readonly ArmOutcome[]
  /** The arm that got nothing. @default 'holdout' */
  readonly holdoutArm?: Arm
  /** Two-sided error level of the whole question, 0 to 1, both excluded. @default 0.05 */
  readonly alpha?: number
  /** Whether every member has had its conversion window, so that no more can come in. */
  readonly mature: boolean
  /**
   * Whether the counts are of members alone who have had their conversion window. If not, they are shown and nothing is
   * decided: arms that have had different times cannot be compared. @default true
   */
  readonly equallyMature?: boolean
  /**
   * Which view decides, as it was declared before the first look: `anytime` whenever it can, `fixed` once, when mature.
   * @default 'anytime'
   */
  readonly decision?: Experiment['decision']
  /** Members that every compared arm needs, at least 1. @default 100 */
  readonly minRecipients?: number
  /** Conversions that every compared arm needs. @default 25 */
  readonly minConversions?: number
  /** Differences of rates within plus and minus this count as none, 0 to 1, both excluded. @default null: none is too small */
  readonly equivalenceMargin?: number | null
  /** What counts as converted: chooses the verb of the sentence. An open never decides. @default 'conversion' */
  readonly metric?: Experiment['metric']
  /**
   * The same members by stratum, in any order: the waves that they were written to in, or the parts of the audience that
   * the arms were drawn in. Known for every member before the first look; the counts of each arm add up to those in `arms`.
   * Arms are then compared within strata. @default none
   */
  readonly strata?: readonly StratumCounts[]
}

/** The same with every default filled in, as it is judged and hashed. */
export type Question = Required<Omit<VerdictInput, 'arms'>> & { readonly arms: readonly JudgedArm[] }

/** An arm with every default filled in; null is "not measured". */
export interface JudgedArm {
  readonly arm: Arm
  readonly assigned: number
  readonly converted: number
  readonly convertedWithMachines: number
  readonly weight: number | null
  readonly sent: number | null
  readonly delivered: number | null
  readonly analysed: number | null
  readonly unsubscribed: number
  readonly complained: number
  readonly bounced: number
}

/** @throws INVALID_INPUT with the path of what is wrong */
export function checkedQuestion(input: VerdictInput): Question {
  if (!Array.isArray(input.arms)) refuse('arms', 'expected a list')
  const question: Question = {
    holdoutArm: input.holdoutArm ?? 'holdout',
    alpha: input.alpha ?? 0.05,
    mature: input.mature,
    equallyMature: input.equallyMature ?? true,
    decision: input.decision ?? 'anytime',
    minRecipients: input.minRecipients ?? 100,
    minConversions: input.minConversions ?? 25,
    equivalenceMargin: input.equivalenceMargin ?? null,
    metric: input.metric ?? 'conversion',
    strata: input.strata ?? [],
    arms: input.arms.map(completed),
  }
  checkFlag(question.mature, 'mature')
  checkFlag(question.equallyMature, 'equallyMature')
  checkName(question.holdoutArm, 'holdoutArm')
  checkOpenShare(question.alpha, 'alpha')
  checkWord(question.decision, ['anytime', 'fixed'], 'decision')
  checkWord(question.metric, ['conversion', 'redemption', 'click'], 'metric')
  checkCount(question.minRecipients, 'minRecipients', 1)
  checkCount(question.minConversions, 'minConversions')
  if (question.equivalenceMargin !== null) checkOpenShare(question.equivalenceMargin, 'equivalenceMargin')
  checkArms(question.arms)
  return { ...question, strata: checkedStrata(question.strata, question.arms) }
}

function completed(arm: ArmOutcome): JudgedArm {
  return {
    arm: arm.arm,
    assigned: arm.assigned,
    converted: arm.converted,
    convertedWithMachines: arm.convertedWithMachines ?? arm.converted,
    weight: arm.weight ?? null,
    sent: arm.sent ?? null,
    delivered: arm.delivered ?? null,
    analysed: arm.analysed ?? null,
    unsubscribed: arm.unsubscribed ?? 0,
    complained: arm.complained ?? 0,
    bounced: arm.bounced ?? 0,
  }
}

function checkArms(arms: readonly JudgedArm[]): void {
  const seen = new Set<Arm>()
  arms.forEach((each, index) => {
    const path = `arms[${index}]`
    checkName(each.arm, `${path}.arm`)
    checkCount(each.assigned, `${path}.assigned`)
    checkCount(each.converted, `${path}.converted`)
    checkCount(each.convertedWithMachines, `${path}.convertedWithMachines`)
    if (each.converted > each.assigned) refuse(`${path}.converted`, 'more converted than assigned')
    if (each.convertedWithMachines < each.converted || each.convertedWithMachines > each.assigned)
      refuse(`${path}.convertedWithMachines`, 'expected a count from converted to assigned')
    if (each.weight !== null) checkPositive(each.weight, `${path}.weight`)
    checkFunnel(each, path)
    for (const guardrail of GUARDRAILS) checkPart(each[guardrail], each.assigned, `${path}.${guardrail}`)
    if (seen.has(each.arm)) refuse(`${path}.arm`, 'is given twice')
    if (each.arm === REMAINDER) refuse(`${path}.arm`, 'waits for the verdict and has no part in it')
    seen.add(each.arm)
  })
}

function checkFunnel({ assigned, sent, delivered, analysed }: JudgedArm, path: string): void {
  if (sent !== null) checkPart(sent, assigned, `${path}.sent`)
  if (delivered !== null) checkPart(delivered, sent ?? assigned, `${path}.delivered`)
  if (analysed !== null) checkPart(analysed, delivered ?? sent ?? assigned, `${path}.analysed`)
}

function checkFlag(flag: boolean, path: string): void {
  if (typeof flag !== 'boolean') refuse(path, 'expected true or false')
}

function checkName(name: Arm, path: string): void {
  if (typeof name !== 'string' || name === '') refuse(path, 'expected the name of an arm')
}

function checkPart(count: number, most: number, path: string): void {
  checkCount(count, path)
  if (count > most) refuse(path, `expected ${most} at most`)
}

function refuse(path: string, message: string): never {
  throw new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}
