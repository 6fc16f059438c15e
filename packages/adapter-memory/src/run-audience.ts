import {
  type Arm,
  type ArmCount,
  type Assignment,
  type AudienceCounts,
  byCodePoints,
  type CustomerId,
  type ExclusionCode,
  HOLDOUT,
  type Member,
  type RankPlace,
  REMAINDER,
} from '@campaignkit/core/adapter'
import { SortedList } from './sorted-list.js'

/** The members of one run, and the counts of them. */
export class RunAudience {
  readonly order = new SortedList<CustomerId>(byCodePoints)
  readonly #rows = new Map<CustomerId, Member>()
  readonly #ranking = new SortedList<RankPlace>(
    (left, right) =>
      byCodePoints(left.rankKey, right.rankKey) || byCodePoints(left.customerId, right.customerId),
  )
  readonly #excluded = new Map<ExclusionCode, number>()
  readonly #arms = new Map<Arm, { count: number; readonly segments: Map<string, number> }>()

  get(customerId: CustomerId): Member | undefined {
    return this.#rows.get(customerId)
  }

  customers(): Iterable<CustomerId> {
    return this.#rows.keys()
  }

  /**
   * @param member - frozen
   * @returns whether it was new
   */
  add(member: Member): boolean {
    if (this.#rows.has(member.customerId)) return false
    const { customerId, rankKey, exclusion } = member
    this.#rows.set(customerId, member)
    this.order.add(customerId)
    if (exclusion === null) this.#ranking.add({ customerId, rankKey })
    else this.#excluded.set(exclusion, (this.#excluded.get(exclusion) ?? 0) + 1)
    if (member.arm !== null) this.#countArm(member.arm, member.segments)
    return true
  }

  byRank(after: RankPlace | null, limit: number): readonly Member[] {
    const from = after === null ? 0 : this.#ranking.positionAfter(after)
    const places = this.#ranking.slice(from, from + limit)
    return places.flatMap(({ customerId }) => this.#rows.get(customerId) ?? [])
  }

  reaches(members: number): boolean {
    return members <= 0 || this.#ranking.at(members - 1) !== undefined
  }

  /** The member as it is once it was assigned; undefined where nobody is or may be. */
  assigned({
    customerId,
    rank,
    arm,
  }: Assignment): (Member & { readonly rank: number; readonly arm: Arm }) | undefined {
    const member = this.#rows.get(customerId)
    if (member === undefined || member.exclusion !== null) return undefined
    return { ...member, rank: member.rank ?? rank, arm: member.arm ?? arm }
  }

  assign({ customerId, rank, arm }: Assignment): void {
    const member = this.#rows.get(customerId)
    if (member === undefined || member.arm !== null || member.exclusion !== null) return
    this.#rows.set(customerId, Object.freeze({ ...member, rank, arm }))
    this.#countArm(arm, member.segments)
  }

  forget(customerId: CustomerId): void {
    const member = this.#rows.get(customerId)
    if (member !== undefined)
      this.#rows.set(customerId, Object.freeze({ ...member, tags: Object.freeze([]) }))
  }

  counts(): AudienceCounts {
    const excluded = Object.fromEntries(this.#excluded)
    const inArms = [...this.#arms].map(([arm, { count }]) => ({ arm, count }))
    const sum = (rows: readonly { readonly count: number }[]) =>
      rows.reduce((total, { count }) => total + count, 0)
    const holdout = sum(inArms.filter(({ arm }) => arm === HOLDOUT))
    const remainder = sum(inArms.filter(({ arm }) => arm === REMAINDER))
    const all = sum(inArms)
    const excludedAll = [...this.#excluded.values()].reduce((total, count) => total + count, 0)
    return { matched: all + excludedAll, recipients: all - holdout - remainder, holdout, remainder, excluded }
  }

  armCounts(): readonly ArmCount[] {
    return [...this.#arms].flatMap(([arm, { count, segments }]): ArmCount[] => [
      { arm, segment: null, count },
      ...[...segments].map(([segment, inSegment]) => ({ arm, segment, count: inSegment })),
    ])
  }

  /** Members without exclusion, by segment. */
  countSegments(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { exclusion, segments } of this.#rows.values()) {
      if (exclusion !== null) continue
      for (const segment of new Set(segments)) counts.set(segment, (counts.get(segment) ?? 0) + 1)
    }
    return counts
  }

  #countArm(arm: Arm, segments: readonly string[]): void {
    const known = this.#arms.get(arm) ?? { count: 0, segments: new Map<string, number>() }
    known.count += 1
    for (const segment of new Set(segments))
      known.segments.set(segment, (known.segments.get(segment) ?? 0) + 1)
    this.#arms.set(arm, known)
  }
}
