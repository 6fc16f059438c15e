import { elementAt } from '../base/element-at.js'
import { CampaignKitError } from '../base/error.js'
import type { Arm } from '../model/experiment.js'
import { type ArmWeight, checkWeights } from './arms.js'

/** A stretch of buckets, from `from` up to but not `to`, both whole numbers of 2^-53. */
export interface BucketRange {
  readonly arm: Arm
  readonly from: number
  readonly to: number
}

/** Which bucket had which arm while the weights were these. */
export interface AllocationVersion {
  /** From 1. */
  readonly version: number
  /** From 0 to 2^53 without a gap. */
  readonly ranges: readonly BucketRange[]
}

/** All versions of the weights of a stream, oldest first: plain JSON, for the host to keep. */
export interface Allocation {
  readonly versions: readonly AllocationVersion[]
}

const BUCKETS = 2 ** 53

/**
 * The first version: arms side by side in declared order. The arms up to and with the k-th end at the smallest bucket
 * of at least `(w1 + ... + wk) / W`.
 *
 * @throws EXPERIMENT_INVALID when the weights are not as `armWeights` gives them
 */
export function createAllocation(weights: readonly ArmWeight[]): Allocation {
  const ends = endsOf(weights)
  const ranges = weights.map(({ arm }, index) => ({
    arm,
    from: ends[index - 1] ?? 0,
    to: elementAt(ends, index),
  }))
  return { versions: [{ version: 1, ranges: joined(ranges) }] }
}

/**
 * A further version in which the fewest buckets change their arm: an arm that shrinks gives up its highest buckets,
 * an arm that grows takes them, lowest first, and all others stay where they are. What moves is half the sum of the
 * differences between the old and the new shares, and less is not possible.
 *
 * @throws EXPERIMENT_INVALID when the weights are not usable; INVALID_INPUT with path `allocation` when that is broken
 *
 * @example
 * ```ts
 * import { armInAllocation, createAllocation, reweighted } from '@campaignkit/core'
 * const even = createAllocation([{ arm: 'plain', weight: 1 }, { arm: 'emoji', weight: 1 }])
 * const tilted = reweighted(even, [{ arm: 'plain', weight: 1 }, { arm: 'emoji', weight: 3 }])
 * console.log(armInAllocation(tilted, 0.2), armInAllocation(tilted, 0.4)) // plain emoji
 * console.log(armInAllocation(tilted, 0.4, { since: 1 })) // plain
 * ```
 */
export function reweighted(allocation: Allocation, weights: readonly ArmWeight[]): Allocation {
  const { version, ranges } = versionIn(allocation)
  const ends = endsOf(weights)
  const room = new Map<Arm, number>(
    weights.map(({ arm }, index) => [arm, elementAt(ends, index) - (ends[index - 1] ?? 0)]),
  )
  const kept: BucketRange[] = []
  const freed: Freed[] = []
  for (const { arm, from, to } of ranges) {
    const left = room.get(arm) ?? 0
    const stays = Math.min(to - from, left)
    room.set(arm, left - stays)
    if (stays > 0) kept.push({ arm, from, to: from + stays })
    if (from + stays < to) freed.push({ from: from + stays, to })
  }
  const moved = [...kept, ...handOut(freed, room)].sort((left, right) => left.from - right.from)
  return { versions: [...allocation.versions, { version: version + 1, ranges: joined(moved) }] }
}

/**
 * The arm of a bucket.
 *
 * @param bucket - from 0 up to but not 1
 * @param options - `since`: the version that was the newest when the customer was first seen; the customer keeps the
 *   arm of that time, also when it has no weight any more. @default the newest version
 * @throws INVALID_INPUT with path `bucket`, `since` or `allocation`
 */
export function armInAllocation(
  allocation: Allocation,
  bucket: number,
  options: { readonly since?: number } = {},
): Arm {
  if (!(bucket >= 0 && bucket < 1)) throw refusal('bucket', 'not from 0 up to but not 1')
  const { ranges } = versionIn(allocation, options.since)
  const found = ranges.find(({ to }) => bucket * BUCKETS < to)
  if (found === undefined) throw refusal('allocation', 'has a gap')
  return found.arm
}

interface Freed {
  readonly from: number
  readonly to: number
}

/** Gives freed buckets to the arms that have room, in declared order. */
function handOut(freed: readonly Freed[], room: Map<Arm, number>): readonly BucketRange[] {
  const given: BucketRange[] = []
  for (const { from, to } of freed) {
    let next = from
    for (const [arm, wanted] of room) {
      const taken = Math.min(wanted, to - next)
      if (taken === 0) continue
      given.push({ arm, from: next, to: next + taken })
      room.set(arm, wanted - taken)
      next += taken
    }
  }
  return given
}

/** Where each arm ends when they stand side by side. Whole numbers throughout: the same wherever it is computed. */
function endsOf(weights: readonly ArmWeight[]): readonly number[] {
  checkWeights(weights)
  const total = BigInt(weights.reduce((sum, { weight }) => sum + weight, 0))
  let sum = 0n
  return weights.map(({ weight }) => {
    sum += BigInt(weight)
    return Number((sum * BigInt(BUCKETS) + total - 1n) / total)
  })
}

/** Neighbours with one arm become one range. */
function joined(ranges: readonly BucketRange[]): readonly BucketRange[] {
  const result: BucketRange[] = []
  for (const range of ranges) {
    const last = result.at(-1)
    if (last?.arm === range.arm) result[result.length - 1] = { ...last, to: range.to }
    else result.push(range)
  }
  return result
}

/** A version that is whole; the newest when none is named. */
function versionIn({ versions }: Allocation, version: number = versions.length): AllocationVersion {
  const found = versions[version - 1]
  if (versions.length === 0) throw refusal('allocation', 'has no version')
  if (found === undefined) throw refusal('since', 'is not a version of the allocation')
  const { ranges } = found
  const whole = ranges.every(
    ({ from, to }, index) => from === (ranges[index - 1]?.to ?? 0) && Number.isInteger(to) && to > from,
  )
  if (!whole || ranges.at(-1)?.to !== BUCKETS || found.version !== version)
    throw refusal('allocation', 'does not cover each bucket once')
  return found
}

function refusal(path: string, message: string): CampaignKitError {
  return new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}
