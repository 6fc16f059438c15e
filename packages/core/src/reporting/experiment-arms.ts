import { type Campaign, variantsOf } from '../model/campaign.js'
import { type Arm, type Experiment, HOLDOUT, REMAINDER } from '../model/experiment.js'
import type { Counter } from '../model/metrics.js'
import type { ArmReport } from '../model/report.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { createTally, type Tally } from './tally.js'

/** How many members an arm has, and how many of them did what the experiment asks for. */
export interface ExperimentArm {
  readonly arm: Arm
  readonly role: ArmReport['role']
  readonly assigned: number
  readonly converted: number
}

/** The event that converts a member. */
const CONVERTING: Readonly<Record<Experiment['metric'], string>> = {
  conversion: 'conversion',
  redemption: 'redemption',
  click: 'clicked',
}

/** What the campaign counts as converted. */
export function metricOf({ content }: Campaign): Experiment['metric'] {
  return content.experiment?.metric ?? 'conversion'
}

function roleOf(arm: Arm): ArmReport['role'] {
  return arm === HOLDOUT || arm === REMAINDER ? arm : 'variant'
}

/** Arms in order: variants as declared, then the holdout and the remainder where there are any. */
function armsInOrder({ content }: Campaign, assigned: ReadonlyMap<Arm, number>): readonly Arm[] {
  const { holdout = 0, remainder = 0 } = content.experiment ?? {}
  const declared = [
    ...variantsOf(content).map(({ name }) => name),
    ...(holdout > 0 ? [HOLDOUT] : []),
    ...(remainder > 0 ? [REMAINDER] : []),
  ]
  return [...new Set([...declared, ...assigned.keys()])]
}

/** {@link experimentArms} over counts that are indexed already. */
export function armsFromTally(
  campaign: Campaign,
  armCounts: readonly ArmCount[],
  tally: Tally,
): readonly ExperimentArm[] {
  const assigned = new Map<Arm, number>()
  for (const { arm, segment, count } of armCounts) {
    if (segment === null) assigned.set(arm, (assigned.get(arm) ?? 0) + count)
  }
  const type = CONVERTING[metricOf(campaign)]
  return armsInOrder(campaign, assigned).map((arm) => {
    const members = assigned.get(arm) ?? 0
    const { humanMembers } = tally.figures({ arms: [arm], channel: null, segment: null }, type)
    return { arm, role: roleOf(arm), assigned: members, converted: Math.min(humanMembers, members) }
  })
}

/**
 * The arms of a campaign with what the comparison of them needs: members, and members who did what
 * `experiment.metric` asks for (clicks of machines are none). A member who did it in two currencies counts twice, but
 * never more count than there are. Leave the remainder out before judging: it waits for the verdict.
 *
 * @param armCounts - of every run, one after the other
 * @param counters - of every run
 */
export function experimentArms(
  campaign: Campaign,
  armCounts: readonly ArmCount[],
  counters: readonly Counter[],
): readonly ExperimentArm[] {
  return armsFromTally(campaign, armCounts, createTally(counters))
}
