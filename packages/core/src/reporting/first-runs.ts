import { RETURNING_LABEL } from '../model/member-label.js'
import type { Counter } from '../model/metrics.js'
import type { ArmCount } from '../ports/storage/audience-store.js'

/**
 * The counts of those members alone who were in no earlier run of their campaign. A customer who comes back is the same
 * person: counted in each run, habits would pass for so many independent proofs.
 *
 * @param counters - whole runs, with the cells of every segment
 */
export function firstRunCounters(counters: readonly Counter[]): readonly Counter[] {
  const returning = new Map(
    counters.filter(({ segment }) => segment === RETURNING_LABEL).map((cell) => [placeOf(cell), cell]),
  )
  if (returning.size === 0) return counters
  return counters
    .filter(({ segment }) => segment !== RETURNING_LABEL)
    .map((cell) => {
      const less = cell.segment === null ? returning.get(placeOf(cell)) : undefined
      return less === undefined ? cell : difference(cell, less)
    })
}

/**
 * How many members the arms of a run have who were in no earlier run of its campaign.
 *
 * @param armCounts - of one run, with the cells of every segment
 */
export function firstRunArmCounts(armCounts: readonly ArmCount[]): readonly ArmCount[] {
  const returning = new Map(
    armCounts.filter(({ segment }) => segment === RETURNING_LABEL).map(({ arm, count }) => [arm, count]),
  )
  return armCounts
    .filter(({ segment }) => segment !== RETURNING_LABEL)
    .map(({ arm, segment, count }) => {
      const less = segment === null ? (returning.get(arm) ?? 0) : 0
      return { arm, segment, count: count - less }
    })
}

function placeOf({ runId, arm, channel, type, currency }: Counter): string {
  return JSON.stringify([runId, arm, channel, type, currency])
}

function difference(all: Counter, returning: Counter): Counter {
  return {
    ...all,
    total: all.total - returning.total,
    members: all.members - returning.members,
    humanMembers: all.humanMembers - returning.humanMembers,
    machine: all.machine - returning.machine,
    amountMinor: all.amountMinor - returning.amountMinor,
    amountSquares: all.amountSquares - returning.amountSquares,
    costMicros: all.costMicros - returning.costMicros,
  }
}
