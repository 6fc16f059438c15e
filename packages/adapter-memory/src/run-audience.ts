import {
  type Arm,
  type ArmCount,
  type AudienceCounts,
  byCodePoints,
  type CustomerId,
  type ExclusionCode,
  HOLDOUT,
  type Member,
  REMAINDER,
} from '@campaignkit/core/adapter'
import { SortedList } from './sorted-list.js'

/** The members of one run, and the counts of them. */
export class RunAudience {
  readonly order = new SortedList<CustomerId>(byCodePoints)
  readonly #rows = new Map<CustomerId, Member>()
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
    const { customerId, exclusion } = member
    this.#rows.set(customerId, member)
    this.order.add(customerId)
    if (exclusion !== null) this.#excluded.set(exclusion, (this.#excluded.get(exclusion) ?? 0) + 1)
    if (member.arm !== null) this.#countArm(member.arm, member.segments)
    return true
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

  #countArm(arm: Arm, segments: readonly string[]): void {
    const known = this.#arms.get(arm) ?? { count: 0, segments: new Map<string, number>() }
    known.count += 1
    for (const segment of new Set(segments))
      known.segments.set(segment, (known.segments.get(segment) ?? 0) + 1)
    this.#arms.set(arm, known)
  }
}
