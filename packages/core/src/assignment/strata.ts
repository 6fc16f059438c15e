import { elementAt } from '../base/element-at.js'
import { CampaignKitError } from '../base/error.js'
import type { Instant } from '../base/time.js'
import type { Arm } from '../model/experiment.js'
import { armWeights } from './arms.js'
import type { AssignOptions } from './assign.js'
import { inRankOrder } from './rank.js'
import { createStratumSequences } from './stratum-sequences.js'

/** A customer, and the stratum within which arms are to be exact. */
export interface StratumMember<CustomerId extends string = string> {
  readonly customerId: CustomerId
  /** A plan, a country, a value band: whatever the result is to be balanced by. */
  readonly stratum: string
}

/** Where a customer of a stratum ends up. */
export interface StratifiedAssignment<CustomerId extends string = string> extends StratumMember<CustomerId> {
  /** From 0 within the stratum, in the order of the rank keys. */
  readonly rank: number
  readonly arm: Arm
}

/** A customer, and when its messages are due. */
export interface WaveMember<CustomerId extends string = string> {
  readonly customerId: CustomerId
  /** Members with the same instant are one wave. */
  readonly dueAt: Instant
}

/** Where a customer of a wave ends up. */
export interface WaveAssignment<CustomerId extends string = string> extends WaveMember<CustomerId> {
  /** From 0, in the order of the due instants. */
  readonly wave: number
  /** From 0 within the wave, in the order of the rank keys. */
  readonly rank: number
  readonly arm: Arm
}

/**
 * Ranks the customers of each stratum and gives each an arm, exact in each stratum and over all. In a stratum, and over
 * all strata, every arm has its exact share of the customers rounded up or down, and the exact share where that is
 * whole. Along the ranks of a stratum each full period of the weights is exact; what is left at the end is shared out
 * over the strata together. The same customers end the same in whichever order they come, but one more customer can
 * change the arms of those last ones: freeze the audience first.
 *
 * @param members - each customer once
 * @returns by stratum in code-unit order, then by rank
 * @throws INVALID_INPUT when an id occurs twice; EXPERIMENT_INVALID when the weights are not usable
 *
 * @example
 * ```ts
 * import { assignWithinStrata } from '@campaignkit/core'
 * const weights = [{ arm: 'plain', weight: 1 }, { arm: 'emoji', weight: 1 }]
 * const members = Array.from({ length: 12 }, (_, index) => ({ customerId: `c-${index}`, stratum: index < 5 ? 'new' : 'loyal' }))
 * const assigned = assignWithinStrata({ tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592', weights }, members)
 * const count = (stratum: string, arm: string) => assigned.filter((each) => each.stratum === stratum && each.arm === arm).length
 * console.log(count('new', 'plain') + count('loyal', 'plain'), count('new', 'emoji') + count('loyal', 'emoji')) // 6 6
 * ```
 */
export function assignWithinStrata<CustomerId extends string>(
  options: AssignOptions,
  members: Iterable<StratumMember<CustomerId>>,
): StratifiedAssignment<CustomerId>[] {
  const groups = groupedBy(members, ({ stratum }) => stratum)
  const strata = [...groups.keys()].sort(compareTexts)
  return placesIn(
    options,
    strata.map((stratum) => groups.get(stratum) ?? []),
  ).map(({ customerId, group, rank, arm }) => ({ customerId, stratum: elementAt(strata, group), rank, arm }))
}

/**
 * {@link assignWithinStrata} with the waves as strata: arms are exact among those who are written to at one instant, so
 * that the waves can be compared each for itself and put together by `combineStrata`.
 *
 * @param members - each customer once
 * @returns wave by wave, then by rank: the order in which the messages leave
 * @throws INVALID_INPUT when an id occurs twice or an instant is not finite; EXPERIMENT_INVALID when the weights are
 *   not usable
 *
 * @example
 * ```ts
 * import { assignWithinWaves } from '@campaignkit/core'
 * const weights = [{ arm: 'plain', weight: 1 }, { arm: 'emoji', weight: 1 }]
 * const members = ['a', 'b', 'c', 'd'].map((customerId, index) => ({ customerId, dueAt: index < 2 ? 0 : 3_600_000 }))
 * const assigned = assignWithinWaves({ tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592', weights }, members)
 * console.log(assigned.map(({ wave, arm }) => `${wave} ${arm}`).join(', ')) // 0 plain, 0 emoji, 1 plain, 1 emoji
 * ```
 */
export function assignWithinWaves<CustomerId extends string>(
  options: AssignOptions,
  members: Iterable<WaveMember<CustomerId>>,
): WaveAssignment<CustomerId>[] {
  const groups = groupedBy(members, ({ dueAt }) => dueAt)
  const instants = [...groups.keys()].sort((left, right) => left - right)
  if (!instants.every((dueAt) => Number.isFinite(dueAt))) throw refusal('dueAt', 'not a finite instant')
  return placesIn(
    options,
    instants.map((dueAt) => groups.get(dueAt) ?? []),
  ).map(({ customerId, group, rank, arm }) => ({
    customerId,
    dueAt: elementAt(instants, group),
    wave: group,
    rank,
    arm,
  }))
}

interface Place<CustomerId extends string> {
  readonly customerId: CustomerId
  readonly group: number
  readonly rank: number
  readonly arm: Arm
}

function placesIn<CustomerId extends string>(
  options: AssignOptions,
  groups: readonly (readonly CustomerId[])[],
): Place<CustomerId>[] {
  requireDistinct(groups)
  const weights = 'weights' in options ? options.weights : armWeights(options.experiment)
  const sequences = createStratumSequences(
    weights,
    groups.map(({ length }) => length),
  )
  return groups.flatMap((customerIds, group) =>
    inRankOrder(options, customerIds).map((customerId, rank) => ({
      customerId,
      group,
      rank,
      arm: elementAt(sequences, group).at(rank),
    })),
  )
}

function groupedBy<Member extends { readonly customerId: string }, Key>(
  members: Iterable<Member>,
  keyOf: (member: Member) => Key,
): Map<Key, Member['customerId'][]> {
  const groups = new Map<Key, Member['customerId'][]>()
  for (const member of members) {
    const group = groups.get(keyOf(member))
    if (group === undefined) groups.set(keyOf(member), [member.customerId])
    else group.push(member.customerId)
  }
  return groups
}

function requireDistinct(groups: readonly (readonly string[])[]): void {
  const seen = new Set<string>()
  for (const customerId of groups.flat()) {
    if (seen.has(customerId)) throw refusal('members', 'a customer occurs twice')
    seen.add(customerId)
  }
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : 1
}

function refusal(path: string, message: string): CampaignKitError {
  return new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}
