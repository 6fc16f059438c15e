import { type Campaign, variantsOf } from '../model/campaign.js'
import { type Arm, type Experiment, HOLDOUT, REMAINDER } from '../model/experiment.js'
import type { Counter } from '../model/metrics.js'
import type { ArmReport } from '../model/report.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { createTally } from './tally.js'

/** How many members an arm has, and how many of them did what. */
export interface ExperimentArm {
  readonly arm: Arm
  readonly role: ArmReport['role']
  readonly assigned: number
  /** Members, as every number here; what machines did is left out. */
  readonly converted: number
  readonly convertedWithMachines: number
  readonly sent: number
  /** Null when no arm has any: nobody reports deliveries then. */
  readonly delivered: number | null
  readonly unsubscribed: number
  readonly complained: number
  readonly bounced: number
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

/**
 * The arms of a campaign with what the comparison of them needs: members, and members who did what
 * `experiment.metric` asks for (clicks of machines are none). A member who did it in two currencies counts twice, but
 * never more count than there are. Leave the remainder out before judging: it waits for the verdict.
 *
 * @param armCounts - of the runs that the experiment was made in, one after the other
 * @param counters - of the same runs
 */
export function experimentArms(
  campaign: Campaign,
  armCounts: readonly ArmCount[],
  counters: readonly Counter[],
): readonly ExperimentArm[] {
  const tally = createTally(counters)
  const assigned = new Map<Arm, number>()
  for (const { arm, segment, count } of armCounts) {
    if (segment === null) assigned.set(arm, (assigned.get(arm) ?? 0) + count)
  }
  const type = CONVERTING[metricOf(campaign)]
  const figuresOf = (arm: Arm, event: string) =>
    tally.figures({ arms: [arm], channel: null, segment: null }, event)
  const arms = armsInOrder(campaign, assigned)
  const isDeliveryReported = arms.some((arm) => figuresOf(arm, 'delivered').total > 0)
  return arms.map((arm) => {
    const members = assigned.get(arm) ?? 0
    const atMost = (most: number, event: string) => Math.min(figuresOf(arm, event).members, most)
    const converted = Math.min(figuresOf(arm, type).humanMembers, members)
    const sent = atMost(members, 'sent')
    return {
      arm,
      role: roleOf(arm),
      assigned: members,
      converted,
      convertedWithMachines: Math.max(converted, atMost(members, type)),
      sent,
      delivered: isDeliveryReported ? atMost(sent, 'delivered') : null,
      unsubscribed: atMost(members, 'unsubscribed'),
      complained: atMost(members, 'complained'),
      bounced: atMost(members, 'bounced'),
    }
  })
}
