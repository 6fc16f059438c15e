import {
  byCodePoints,
  type CustomerId,
  type PlannedMembership,
  type RunId,
  type SliceSize,
} from '@campaignkit/core/adapter'

/** Rank keys with which a slice begins; the first one begins with the first key. */
const BOUNDS = ['4', '8', 'c']

/** Those who are planned in the runs of a tenant, and are no members yet. */
export class FreezingTable {
  readonly #runs = new Map<RunId, Map<CustomerId, PlannedMembership>>()

  /** @param planned - frozen */
  add(runId: RunId, planned: readonly PlannedMembership[]): void {
    const kept = this.#runs.get(runId) ?? new Map<CustomerId, PlannedMembership>()
    this.#runs.set(runId, kept)
    for (const member of planned) kept.set(member.customerId, member)
  }

  /** In order of customer id. */
  planned(runId: RunId): readonly PlannedMembership[] {
    const kept = [...(this.#runs.get(runId)?.values() ?? [])]
    return kept.sort((left, right) => byCodePoints(left.customerId, right.customerId))
  }

  /** Those in some slices, in order of rank key. */
  inSlices(runId: RunId, from: number, to: number): readonly PlannedMembership[] {
    return this.planned(runId)
      .filter(({ rankKey }) => sliceOf(rankKey) >= from && sliceOf(rankKey) < to)
      .sort((left, right) => byCodePoints(left.rankKey, right.rankKey))
  }

  sizes(runId: RunId): readonly SliceSize[] {
    return Array.from({ length: BOUNDS.length + 1 }, (_, slice) =>
      sizeOf(this.inSlices(runId, slice, slice + 1)),
    )
  }

  remove(runId: RunId, customerIds: Iterable<CustomerId>): void {
    for (const id of customerIds) this.#runs.get(runId)?.delete(id)
  }

  forget(customerId: CustomerId): void {
    for (const kept of this.#runs.values()) {
      const member = kept.get(customerId)
      if (member !== undefined) kept.set(customerId, Object.freeze({ ...member, tags: Object.freeze([]) }))
    }
  }

  drop(runId: RunId): void {
    this.#runs.delete(runId)
  }
}

function sliceOf(rankKey: string): number {
  return BOUNDS.filter((bound) => byCodePoints(bound, rankKey) <= 0).length
}

function sizeOf(planned: readonly PlannedMembership[]): SliceSize {
  const newcomers: Record<string, number> = {}
  for (const { lane } of planned) if (lane !== null) newcomers[lane] = (newcomers[lane] ?? 0) + 1
  return {
    excluded: planned.filter(({ exclusion }) => exclusion !== null).length,
    kept: planned.filter(({ arm }) => arm !== null).length,
    newcomers,
  }
}
