import type { CampaignId } from '../../base/ids.js'
import type { Scope } from '../../model/scope.js'
import type { Clock } from '../clock.js'
import type { CustomerDirectory } from '../customer-directory.js'
import type { JobQueue } from '../job-queue.js'
import type { RateLimiter } from '../rate-limiter.js'
import type { AudienceStore } from './audience-store.js'
import type { CampaignStore } from './campaign-store.js'
import type { ConsentStore } from './consent-store.js'
import type { CouponStore } from './coupon-store.js'
import type { DatabasePlanner } from './database-planner.js'
import type { DeliveryStore, DueIndex } from './delivery-store.js'
import type { EventFeed } from './event-feed.js'
import type { EventStore } from './event-store.js'
import type { FreezingStore } from './freezing-store.js'
import type { JournalStore } from './journal-store.js'
import type { LedgerStore } from './ledger-store.js'
import type { SegmentStore } from './segment-store.js'

/** What a storage says of itself. */
export interface StorageCapabilities {
  /** Whether what a call wrote is still there after the process has died. */
  readonly durable: boolean
  /** Whether {@link Storage.announcements} tells of changes, so that nobody need poll. */
  readonly announces: boolean
  /** Whether {@link Storage.enlist} lets calls join a transaction of the host. */
  readonly enlists: boolean
  /** Whether {@link Storage.databasePlanner} plans audiences in statements of its own. */
  readonly plansInDatabase: boolean
}

/** A storage whose calls are part of a transaction of the host: committed and taken back with it. */
export interface EnlistedStorage {
  readonly storage: Storage
  /**
   * Resolves once the transaction has ended: with true when what the calls wrote stands, with false when it was taken
   * back, a savepoint around it alone too.
   *
   * @throws STORAGE_FAILED when that cannot be found out
   */
  readonly committed: Promise<boolean>
}

/** Tells of changes to the deliveries or the status of a campaign, made in this process or in another. */
export interface Announcements {
  /**
   * Whether each change is told. When not (a connection on which others tell of theirs can break), whoever waits also
   * looks by itself now and then.
   */
  readonly complete: boolean
  /** A number that grows with each change of the campaign, and may grow without one. */
  sequence(scope: Scope, campaignId: CampaignId): Promise<number>
  /**
   * Resolves when the sequence is above `seen`: at once when it is already. Many changes in a row may be told as one.
   *
   * @throws ABORTED as soon as the signal aborts
   */
  changed(scope: Scope, campaignId: CampaignId, seen: number, signal: AbortSignal): Promise<void>
}

/**
 * Where the kit keeps what it knows. Every method is for one tenant, that of its scope, and neither sees nor touches
 * the rows of another; every write is one transaction, all or none. Methods take sets, never one customer at a time.
 */
export interface Storage {
  readonly capabilities: StorageCapabilities
  readonly customers: CustomerDirectory
  readonly consents: ConsentStore
  readonly segments: SegmentStore
  readonly campaigns: CampaignStore
  readonly freezing: FreezingStore
  /**
   * Plans the customers of {@link Storage.customers} by itself. Null when {@link StorageCapabilities.plansInDatabase} is
   * false: then the engine plans every audience page by page.
   */
  readonly databasePlanner: DatabasePlanner | null
  readonly audience: AudienceStore
  readonly deliveries: DeliveryStore
  readonly events: EventStore
  readonly coupons: CouponStore
  readonly journal: JournalStore
  readonly ledger: LedgerStore
  readonly dueIndex: DueIndex
  readonly eventFeed: EventFeed
  /** Null when {@link StorageCapabilities.announces} is false. */
  readonly announcements: Announcements | null
  /**
   * Makes calls part of a transaction that the host has begun and will end. A call that is refused leaves the transaction
   * as it was before. Null when {@link StorageCapabilities.enlists} is false.
   *
   * @param transaction - as the adapter says, such as a transaction of knex
   * @throws INVALID_INPUT with path `transaction`
   */
  readonly enlist: ((transaction: unknown) => EnlistedStorage) | null
  /** The queue that goes with this storage; used unless the host gives the kit another. */
  jobQueue(clock: Clock): JobQueue
  /** The limiter that goes with this storage, one for all workers that share it; used unless the host gives another. */
  rateLimiter(clock: Clock): RateLimiter
  /** Lets go of what the storage opened itself. */
  close?(): Promise<void>
}
