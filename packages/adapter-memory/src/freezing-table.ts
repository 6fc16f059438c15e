import {
  byCodePoints,
  type CustomerId,
  type PlannedMembership,
  type RunId,
  type SliceSize,
} from '@campaignkit/core/adapter'

type Planned = Map<CustomerId, PlannedMembership>

/** Members that are placed at a stretch, as long as those whose rank keys begin alike are no more. */
const MOST_AT_A_STRETCH = 500
/** By so many digits of their rank keys those are found who are planned. */
const DIGITS = 2

/** Those who are planned in the runs of a tenant, and are no members yet. */
export class FreezingTable {
  /** By the beginning of their rank keys. */
  readonly #runs = new Map<RunId, Map<string, Planned>>()

  /** @param planned - frozen */
  add(runId: RunId, planned: readonly PlannedMembership[]): void {
    const run = this.#runs.get(runId) ?? new Map<string, Planned>()
    this.#runs.set(runId, run)
    for (const member of planned) {
      const beginning = member.rankKey.slice(0, DIGITS)
      const alike = run.get(beginning) ?? new Map<CustomerId, PlannedMembership>()
      run.set(beginning, alike.set(member.customerId, member))
    }
  }

  /** In order of customer id. */
  planned(runId: RunId): readonly PlannedMembership[] {
    return [...(this.#runs.get(runId)?.values() ?? [])]
      .flatMap((alike) => [...alike.values()])
      .sort((left, right) => byCodePoints(left.customerId, right.customerId))
  }

  sizes(runId: RunId): readonly SliceSize[] {
    const run = this.#runs.get(runId) ?? new Map<string, Planned>()
    const slices: { last: string; members: PlannedMembership[] }[] = []
    for (const beginning of [...run.keys()].sort(byCodePoints)) {
      const alike = [...(run.get(beginning)?.values() ?? [])]
      const open = slices.at(-1)
      if (open === undefined || open.members.length + alike.length > MOST_AT_A_STRETCH)
        slices.push({ last: beginning, members: alike })
      else Object.assign(open, { last: beginning, members: [...open.members, ...alike] })
    }
    return slices.map(({ last, members }, at) => sizeOf(`${slices[at - 1]?.last ?? ''} ${last}`, members))
  }

  /** In order of rank key. */
  inSlice(runId: RunId, slice: string): readonly PlannedMembership[] {
    const [behind = '', last = ''] = slice.split(' ')
    return [...(this.#runs.get(runId) ?? [])]
      .filter(([beginning]) => isWithin(beginning, behind, last))
      .flatMap(([, alike]) => [...alike.values()])
      .sort(
        (left, right) =>
          byCodePoints(left.rankKey, right.rankKey) || byCodePoints(left.customerId, right.customerId),
      )
  }

  /** Takes a slice out of the plan. */
  take(runId: RunId, slice: string): void {
    const run = this.#runs.get(runId)
    const [behind = '', last = ''] = slice.split(' ')
    for (const beginning of [...(run?.keys() ?? [])])
      if (isWithin(beginning, behind, last)) run?.delete(beginning)
  }

  forget(customerId: CustomerId): void {
    for (const run of this.#runs.values())
      for (const alike of run.values()) {
        const member = alike.get(customerId)
        if (member !== undefined) alike.set(customerId, Object.freeze({ ...member, tags: Object.freeze([]) }))
      }
  }

  drop(runId: RunId): void {
    this.#runs.delete(runId)
  }
}

function isWithin(beginning: string, behind: string, last: string): boolean {
  return (behind === '' || byCodePoints(beginning, behind) > 0) && byCodePoints(beginning, last) <= 0
}

function sizeOf(slice: string, planned: readonly PlannedMembership[]): SliceSize {
  const newcomers: Record<string, number> = {}
  for (const { lane } of planned) if (lane !== null) newcomers[lane] = (newcomers[lane] ?? 0) + 1
  return {
    slice,
    excluded: planned.filter(({ exclusion }) => exclusion !== null).length,
    kept: planned.filter(({ arm }) => arm !== null).length,
    newcomers,
  }
}
