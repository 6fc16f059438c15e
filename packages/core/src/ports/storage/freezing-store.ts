import type { AddressKey, CampaignId, RunId } from '../../base/ids.js'
import type { ChannelKind } from '../../model/channel-kind.js'
import type { Arm } from '../../model/experiment.js'
import type { Member } from '../../model/member.js'
import type { Run, SliceSize } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'

/** A matched customer before the run knows ranks. */
export interface PlannedMembership extends Omit<Member, 'rank'> {
  /** The arm that it was given in an earlier run and keeps; null for newcomers and for the excluded. */
  readonly arm: Arm | null
  /** Where newcomers stand in line for their arm, apart from those in other lanes; null for all others. */
  readonly lane: string | null
  /** The key of the address that each of `channels` writes to, in their order; null where none is known. */
  readonly addressKeys: readonly (AddressKey | null)[]
}

/** What members are sent first, at step 0. */
export interface FirstDeliveries {
  readonly campaignId: CampaignId
  /** Members in other arms are sent nothing. */
  readonly arms: readonly Arm[]
  /** On which of its channels a member is written to. */
  readonly channels: 'all' | 'first'
}

/** Which members get their rank and arm, and which those are. */
export interface Placement {
  /** As {@link FreezingStore.sizes} named it. */
  readonly slice: string
  /** Of the first member without exclusion in the slice. */
  readonly firstRank: number
  /** By lane, the arms of the newcomers in the slice, in the order of their ranks; those whose lane is not named get none. */
  readonly arms: ReadonlyMap<string, readonly Arm[]>
  /** What those get who keep `remainder`. */
  readonly remainderArm: Arm
  readonly first: FirstDeliveries
}

/** How many decimal digits the rank in the id of a first delivery has at least. */
const RANK_DIGITS = 10

/**
 * The id of what a member is sent first on a channel: a placement that is done twice queues nothing twice.
 *
 * @param runId - of the member
 * @param rank - of the member, from 0
 *
 * @example
 * ```ts
 * import { firstDeliveryId } from '@campaignkit/core/adapter'
 * console.log(firstDeliveryId('run-1', 7, 'email')) // run-1-0000000007-email
 * ```
 */
export function firstDeliveryId(runId: RunId | string, rank: number, channel: ChannelKind): string {
  return `${runId}-${String(rank).padStart(RANK_DIGITS, '0')}-${channel}`
}

/**
 * Runs while they are frozen. Customers who match are planned page by page, in order of their ids; when all are, each
 * address is settled on one of them; then they become members, in slices of the order of their rank keys. Nobody sees a
 * member before it is placed. Every call but `discard` names the run as the caller knows it, and does nothing when
 * somebody has moved it on.
 */
export interface FreezingStore {
  /**
   * Plans members and moves the run on, all or none.
   *
   * @param moved - the run as it then stands, in the version after the stored one
   * @throws VERSION_CONFLICT when the stored version is not the one before
   */
  append(scope: Scope, moved: Run, planned: readonly PlannedMembership[]): Promise<void>
  /**
   * Leaves each (channel, address key) to the customer whose id is first by code points, and takes the channel from the
   * others; who has none left is excluded as `duplicateAddress`, in no lane and without an arm. All or none; again it
   * changes nothing.
   *
   * @throws VERSION_CONFLICT when the stored version is another
   */
  settleAddresses(scope: Scope, run: Run): Promise<void>
  /**
   * How many are planned in each slice, the slices in the order of rank keys. How many there are, and where one ends, is
   * the storage's own choice: one placement makes members of all in a slice at a stretch. Names stay good while slices
   * are placed.
   */
  sizes(scope: Scope, runId: RunId): Promise<readonly SliceSize[]>
  /**
   * Makes members of all who are planned in a slice, and queues what each is sent first, under the ids of
   * {@link firstDeliveryId}: all or none. Ranks follow the rank keys (ties by customer id, by code points); the excluded
   * get none. A slice that was placed stays as it is, whatever is said of it.
   *
   * @throws VERSION_CONFLICT when the stored version is another
   */
  place(scope: Scope, run: Run, placement: Placement): Promise<void>
  /** Forgets what is planned of a run and not placed. */
  discard(scope: Scope, runId: RunId): Promise<void>
  /**
   * Told once a run is frozen: the time for what makes later statements quick. Changes nothing that is read.
   *
   * @param members - how many it has, the excluded among them
   */
  finish(scope: Scope, runId: RunId, members: number): Promise<void>
}
