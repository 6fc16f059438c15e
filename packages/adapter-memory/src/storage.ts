import type { Scope, Storage } from '@campaignkit/core/adapter'
import { createAnnouncements } from './announcements.js'
import { createAudienceStore } from './audience.js'
import { Bell } from './bell.js'
import { createCampaignStore } from './campaigns.js'
import { createConsentStore } from './consents.js'
import { createCouponStore } from './coupons.js'
import { createCustomerDirectory } from './customers.js'
import { createDeliveryStore } from './deliveries.js'
import { createDueIndex } from './due-index.js'
import { createEventFeed } from './event-feed.js'
import { createEventStore } from './events.js'
import { createFreezingStore } from './freezing.js'
import { createQueueOf } from './job-queue.js'
import { createJournalStore } from './journal.js'
import { createLedgerStore } from './ledger.js'
import { createMemoryRateLimiter } from './rate-limiter.js'
import { Rings } from './rings.js'
import { createSegmentStore } from './segments.js'
import { Tenants } from './tenants.js'

/**
 * Makes a storage that lives and dies with the process. Records are copied and frozen when they are written, so that
 * those which it gives out can be shared but not changed.
 *
 * Each write is one step without a pause in it: it checks first and then does all or nothing, and no other call comes
 * between.
 *
 * @example
 * ```ts
 * import { createMemoryStorage } from '@campaignkit/adapter-memory'
 * const storage = createMemoryStorage()
 * ```
 */
export function createMemoryStorage(): Storage {
  const tenants = new Tenants()
  const tenantOf = (scope: Scope) => tenants.of(scope)
  const post = { rings: new Rings(), bell: new Bell() }
  const limiter = createMemoryRateLimiter()
  return {
    capabilities: { durable: false, announces: true, enlists: false, plansInDatabase: false },
    customers: createCustomerDirectory(tenantOf),
    consents: createConsentStore(tenantOf),
    segments: createSegmentStore(tenantOf),
    campaigns: createCampaignStore(tenantOf),
    freezing: createFreezingStore(tenantOf),
    databasePlanner: null,
    audience: createAudienceStore(tenantOf),
    deliveries: createDeliveryStore(tenantOf),
    events: createEventStore(tenantOf),
    coupons: createCouponStore(tenantOf),
    journal: createJournalStore(tenantOf),
    ledger: createLedgerStore(tenantOf),
    dueIndex: createDueIndex(tenants),
    eventFeed: createEventFeed(tenants),
    announcements: createAnnouncements(tenantOf),
    enlist: null,
    jobQueue: (clock) => createQueueOf({ ...post, clock }),
    rateLimiter: () => limiter,
  }
}
