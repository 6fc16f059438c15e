import type { AddressKey, CampaignId, CustomerId, RunId } from '../../base/ids.js'
import type { ChannelKind } from '../../model/channel-kind.js'
import type { ExclusionCode } from '../../model/exclusion.js'
import type { Arm } from '../../model/experiment.js'
import type { Member } from '../../model/member.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { AudienceCounts } from '../../model/run.js'
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

/** A customer's place in a run of a campaign, as far as it decides where an event counts. */
export interface Membership {
  readonly campaignId: CampaignId
  readonly member: Pick<Member, 'runId' | 'dueAt' | 'arm' | 'segments'>
}

/** Members of runs; freezing (`FreezingStore`) makes them. */
export interface AudienceStore {
  /**
   * Gives each (channel, address key) of a plan to the customer who claims it first; within one call, to the first in
   * order. The same claim again is won again.
   *
   * @param plan - names what is only counted; runs settle their addresses when they are frozen
   * @returns the claims that lost, in any order
   */
  claimAddresses(
    scope: Scope,
    plan: string,
    claims: readonly AddressClaim[],
  ): Promise<readonly AddressClaim[]>
  /** Forgets the claims of a plan. */
  releaseAddresses(scope: Scope, plan: string): Promise<void>
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
  /** Members with an arm, by arm and segment. */
  armCounts(scope: Scope, runId: RunId): Promise<readonly ArmCount[]>
  /**
   * Takes the tags out of the members of every run, and out of those who are planned, that are customers who are
   * erased; all else stays as it is.
   */
  forget(scope: Scope, customerIds: readonly CustomerId[]): Promise<void>
  /** Members in order of customer id, for lists: all, or those with one exclusion or arm. */
  list(
    scope: Scope,
    runId: RunId,
    filter: { readonly exclusion?: ExclusionCode; readonly arm?: Arm },
    page: PageRequest,
  ): Promise<Page<Member>>
}
