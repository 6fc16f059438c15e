import type { AddressKey, CustomerId, RunId } from '../../base/ids.js'
import type { Instant } from '../../base/time.js'
import type { ChannelKind } from '../../model/channel-kind.js'
import type { Criteria } from '../../model/criteria.js'
import type { Customer } from '../../model/customer.js'
import type { ExclusionCode } from '../../model/exclusion.js'
import type { Arm } from '../../model/experiment.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { CustomerDirectory, MatchRequest } from '../customer-directory.js'

/** A named rule by which members are counted; without named segments and external rules. */
export interface NamedCriteria {
  readonly name: string
  readonly criteria: Criteria
}

/** What a run's audience is planned by, as data. */
export interface AudiencePlan extends MatchRequest {
  /** The channels of the campaign, in its order; at least one. */
  readonly channels: readonly ChannelKind[]
  /** The topic that needs consent on each channel (`decideConsent`); null where no consent is needed. */
  readonly topic: string | null
  /** Under which customers are ranked (`rankKeyOf`). */
  readonly salt: string
  readonly segments: readonly NamedCriteria[]
}

/**
 * A gate that asks nothing but a hash of the customer's id: SHA-256 over some bytes, then the id in NFC and UTF-8 behind its
 * length in 4 bytes, big end first (as `rankKeyOf` has it). It is open where the first 53 bits of the hash, read as a
 * whole number, are at least `from` and below `to`.
 */
export interface HashGate {
  readonly exclusion: ExclusionCode
  /** What is hashed before the length of the id. */
  readonly prefix: Uint8Array
  /** A whole number, 0 to 2^53. */
  readonly from: number
  /** A whole number, 0 to 2^53. */
  readonly to: number
}

/** What a run's audience is planned by where all who match stand alike: nothing has to be asked of each. */
export interface SelfContainedPlan extends AudiencePlan {
  /** Of everybody. */
  readonly standing: Standing
  /** Asked before all other gates, in this order. */
  readonly hashGates: readonly HashGate[]
  /** The secrets of the host, the current one first: an address key begins with the id of its secret and a colon. */
  readonly secretIds: readonly [string, ...string[]]
}

/**
 * A customer who matches, as far as it takes to find out where it can be written to: with the addresses that the channels
 * of the plan use.
 */
export type Contact = Pick<Customer, 'id' | 'addresses' | 'sealed' | 'timeZone'>

/** A stretch of the customers who match, in the order of code points of their ids. */
export interface Stretch {
  /** From 0. */
  readonly number: number
  /** The id behind which it begins; empty at the beginning. */
  readonly after: CustomerId | ''
  /** The last id that is in it; null at the end. */
  readonly upTo: CustomerId | null
}

/**
 * A channel as far as the engine knows it: the first gate that is shut of those before suppressions and consents, or the
 * keys of the address.
 */
export interface Way {
  readonly exclusion: ExclusionCode | null
  /** Under every secret of the host, the current one first; none where none is known, and where a gate is shut. */
  readonly addressKeys: readonly AddressKey[]
}

/** Where those stand who are due together and are given their arms alike. */
export interface Standing {
  readonly dueAt: Instant
  /** As in a planned membership, of those who are not excluded. */
  readonly arm: Arm | null
  /** As in a planned membership, of those who are not excluded. */
  readonly lane: string | null
  /** What they are counted under behind the segments that hold. */
  readonly labels: readonly string[]
}

/** What the engine says of a contact. */
export interface ReachableContact {
  readonly customerId: CustomerId
  /** Of the channels of the plan, in their order. */
  readonly ways: readonly Way[]
  readonly standing: Standing
}

/**
 * Plans the audience of a run in statements of the storage's own: the same memberships that the engine would append page
 * by page. Only what takes a secret, a clock or the host's own rules is asked of the engine, for a stretch of customers
 * at a time. Stretches are numbered from 0, and may be planned in any order, at once and again.
 */
export interface DatabasePlanner {
  /**
   * Whom it plans: the very directory of its storage. A host that puts another one in the place of `Storage.customers` has
   * its audiences planned page by page.
   */
  readonly customers: CustomerDirectory
  /**
   * Divides the customers who match into stretches of about `size`, and moves the run on, all or none. Whoever comes to
   * match later belongs to the stretch that its id is in.
   *
   * @param moved - the run as it then stands, in the version after the stored one
   * @param size - from 1
   * @throws VERSION_CONFLICT when the stored version is not the one before
   */
  divide(scope: Scope, moved: Run, plan: AudiencePlan, size: number): Promise<void>
  /** A stretch of a run; null when the run has no such stretch. */
  stretch(scope: Scope, runId: RunId, number: number): Promise<Stretch | null>
  /**
   * Plans a stretch as {@link DatabasePlanner.planStretch} would with what the engine says of its contacts, by the address keys
   * that are kept with the customers (`CustomerPatch.addressKeys`); again it changes nothing. The gates stand in the order of
   * `EXCLUSION_CODES`.
   *
   * @returns how many of the stretch match; null where something is not known of one of them, an address whose keys do not
   *   stand under just these secrets for instance: then nothing is planned, and the engine is to be asked
   * @throws VERSION_CONFLICT when the stored version of the run is another
   */
  planAlone(scope: Scope, run: Run, plan: SelfContainedPlan, stretch: Stretch): Promise<number | null>
  /** The customers of a stretch who match, by the very rules of `compileCriteria`, in the order of code points of their ids. */
  contacts(scope: Scope, plan: AudiencePlan, stretch: Stretch): Promise<readonly Contact[]>
  /**
   * Plans the contacts of a stretch, who have matched; again it changes nothing. Whoever was erased meanwhile is left out.
   * A way without an exclusion is `suppressed` where one of its keys is suppressed on the channel, else it is asked for
   * consent; of an open one the first key is claimed when addresses are settled.
   *
   * @param contacts - each in the stretch, and once
   * @throws VERSION_CONFLICT when the stored version of the run is another
   */
  planStretch(
    scope: Scope,
    run: Run,
    plan: AudiencePlan,
    stretch: Stretch,
    contacts: readonly ReachableContact[],
  ): Promise<void>
}
