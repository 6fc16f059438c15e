import type { AddressKey, CampaignId, CustomerId, RunId } from '../../base/ids.js'
import type { ChannelKind } from '../../model/channel-kind.js'
import type { ExclusionCode } from '../../model/exclusion.js'
import type { Arm } from '../../model/experiment.js'
import type { Member } from '../../model/member.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { AudienceCounts, RankPlace } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'

/** A customer who would be written to at an address on a channel. */
export interface AddressClaim {
  readonly customerId: CustomerId
  readonly channel: ChannelKind
  readonly addressKey: AddressKey
}

/** How many members of a run an arm has, in all (`segment: null`) and within each segment held at freezing. */
export interface ArmCount {
  readonly arm: Arm
  readonly segment: string | null
  readonly count: number
}

/** The place and the arm that a member is to have. */
export interface Assignment {
  readonly customerId: CustomerId
  readonly rank: number
  readonly arm: Arm
}

/** What members are sent first, at step 0. */
export interface FirstDeliveries {
  readonly campaignId: CampaignId
  /** Members in other arms are sent nothing. */
  readonly arms: readonly Arm[]
  /** On which of its channels a member is written to. */
  readonly channels: 'all' | 'first'
  /** Begins the ids, `<prefix>-<n>`; never used before. */
  readonly idPrefix: string
}

/** A customer's place in a run of a campaign, as far as it decides where an event counts. */
export interface Membership {
  readonly campaignId: CampaignId
  readonly member: Pick<Member, 'runId' | 'dueAt' | 'arm' | 'segments'>
}

/** Members of runs. */
export interface AudienceStore {
  /**
   * Gives each (channel, address key) of a plan to the customer who claims it first; within one call, to the first in
   * order. The same claim again is won again.
   *
   * @param plan - a run's id, or one of a plan that is only counted
   * @returns the claims that lost, in any order
   */
  claimAddresses(
    scope: Scope,
    plan: string,
    claims: readonly AddressClaim[],
  ): Promise<readonly AddressClaim[]>
  /** Forgets the claims of a plan. */
  releaseAddresses(scope: Scope, plan: string): Promise<void>
  /** Adds members, all or none; those who are there already stay as they are. */
  append(scope: Scope, runId: RunId, members: readonly Member[]): Promise<void>
  /**
   * Members without exclusion in order of their rank key (ties by customer id, by code points), behind a place in that
   * order or from the first one on; fewer than `limit` only at the end.
   */
  byRank(
    scope: Scope,
    runId: RunId,
    page: { readonly after: RankPlace | null; readonly limit: number },
  ): Promise<readonly Member[]>
  /** Whether a run has at least so many members without exclusion. */
  reaches(scope: Scope, runId: RunId, members: number): Promise<boolean>
  /**
   * Sets rank and arm of members, each named once; a member who has an arm keeps both. With `first`, queues what each
   * of them is sent first, under the rank and arm that it then has: all or none with the assignments, and a delivery
   * whose (run, step, customer, channel) is there already is left out.
   */
  assign(
    scope: Scope,
    runId: RunId,
    assignments: readonly Assignment[],
    first?: FirstDeliveries,
  ): Promise<void>
  /** The members of one run among these customers, in any order. */
  get(scope: Scope, runId: RunId, customerIds: readonly CustomerId[]): Promise<readonly Member[]>
  /**
   * The arm that each of these customers was given first in any other run of the campaign (by the runs' `createdAt`);
   * those without are left out.
   */
  armsOf(
    scope: Scope,
    campaignId: CampaignId,
    exceptRun: RunId,
    customerIds: readonly CustomerId[],
  ): Promise<ReadonlyMap<CustomerId, Arm>>
  /**
   * Memberships with an arm of each of these customers in every run, latest due first, at most 1,000 a customer;
   * customers without any are left out.
   */
  membershipsOf(
    scope: Scope,
    customerIds: readonly CustomerId[],
  ): Promise<ReadonlyMap<CustomerId, readonly Membership[]>>
  /** The funnel: of members with an arm by arm, of the excluded by code. */
  counts(scope: Scope, runId: RunId): Promise<AudienceCounts>
  /** How many members of a run without exclusion hold each segment; segments without any are left out. */
  segmentCounts(scope: Scope, runId: RunId): Promise<ReadonlyMap<string, number>>
  /** Members with an arm, by arm and segment. */
  armCounts(scope: Scope, runId: RunId): Promise<readonly ArmCount[]>
  /** Takes the tags out of the members of every run that are customers who are erased; all else stays as it is. */
  forget(scope: Scope, customerIds: readonly CustomerId[]): Promise<void>
  /** Members in order of customer id, for lists: all, or those with one exclusion or arm. */
  list(
    scope: Scope,
    runId: RunId,
    filter: { readonly exclusion?: ExclusionCode; readonly arm?: Arm },
    page: PageRequest,
  ): Promise<Page<Member>>
}
