import type { Campaign } from '../model/campaign.js'
import type { Counter } from '../model/metrics.js'
import { isStratumLabel, readStratum, stratumName } from '../model/stratum.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { type ExperimentArm, experimentArms } from '../reporting/experiment-arms.js'
import type { StratumCounts } from '../statistics/verdict/verdict-input.js'

/** What was counted in the runs that are compared. */
export interface Counts {
  readonly armCounts: readonly ArmCount[]
  readonly counters: readonly Counter[]
}

/**
 * The arms that are compared within each stratum, in code-unit order of the labels; one stratum is one as well, so that
 * the method does not change when a second run brings others. Null where there are no strata, and where they do not add up to the arms: some runs were frozen without strata, or in a stratum of very few a member
 * who converted in two currencies counts for more than there are.
 *
 * @param arms - over all strata
 */
export function strataOf(
  campaign: Campaign,
  { armCounts, counters }: Counts,
  arms: readonly ExperimentArm[],
): readonly StratumCounts[] | null {
  const members = bySegment(armCounts)
  const events = bySegment(counters)
  const labels = [...members.keys()].filter(isStratumLabel).sort()
  if (labels.length === 0) return null
  const compared = arms.filter(({ role }) => role !== 'remainder')
  const strata = labels.map((label): StratumCounts => {
    const within = experimentArms(campaign, members.get(label) ?? [], events.get(label) ?? [])
    return {
      name: stratumName(readStratum(label)),
      arms: compared.map(({ arm }) => {
        const { assigned, converted } = within.find((each) => each.arm === arm) ?? NOBODY
        return { arm, assigned, converted }
      }),
    }
  })
  return compared.every((arm) => addsUp(arm, strata)) ? strata : null
}

const NOBODY = { assigned: 0, converted: 0 }

/** The cells of each segment, as if it were the whole. */
function bySegment<Cell extends { readonly segment: string | null }>(
  cells: readonly Cell[],
): ReadonlyMap<string | null, readonly Cell[]> {
  const groups = new Map<string | null, Cell[]>()
  for (const cell of cells) {
    const group = groups.get(cell.segment)
    const whole = { ...cell, segment: null }
    if (group === undefined) groups.set(cell.segment, [whole])
    else group.push(whole)
  }
  return groups
}

function addsUp({ arm, assigned, converted }: ExperimentArm, strata: readonly StratumCounts[]): boolean {
  const parts = strata.flatMap(({ arms }) => arms.filter((each) => each.arm === arm))
  return (
    parts.reduce((sum, part) => sum + part.assigned, 0) === assigned &&
    parts.reduce((sum, part) => sum + part.converted, 0) === converted
  )
}
