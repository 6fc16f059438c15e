import type { Scope, TenantId } from '@campaignkit/core/adapter'
import { AnnouncementTable } from './announcement-table.js'
import { AudienceTable } from './audience-table.js'
import { CampaignTable } from './campaign-table.js'
import { ConsentTable } from './consent-table.js'
import { CouponTable } from './coupon-table.js'
import { CustomerTable } from './customer-table.js'
import { DeliveryTable } from './delivery-table.js'
import { EventTable } from './event-table.js'
import { FeedLog } from './feed-log.js'
import { FreezingTable } from './freezing-table.js'
import { JournalTable } from './journal-table.js'
import { LedgerTable } from './ledger-table.js'
import { SegmentTable } from './segment-table.js'

/** All that is kept of one tenant. */
export interface Tenant {
  readonly journal: JournalTable
  readonly announcements: AnnouncementTable
  readonly customers: CustomerTable
  readonly consents: ConsentTable
  readonly segments: SegmentTable
  readonly campaigns: CampaignTable
  readonly freezing: FreezingTable
  readonly audience: AudienceTable
  readonly deliveries: DeliveryTable
  readonly events: EventTable
  readonly coupons: CouponTable
  readonly ledger: LedgerTable
}

/** The tenant of a scope; nothing reaches another one. */
export type TenantOf = (scope: Scope) => Tenant

/** Every tenant of a storage. */
export class Tenants {
  readonly feed = new FeedLog()
  readonly #tenants = new Map<TenantId, Tenant>()

  of({ tenant }: Pick<Scope, 'tenant'>): Tenant {
    const known = this.#tenants.get(tenant) ?? emptyTenant(tenant, this.feed)
    this.#tenants.set(tenant, known)
    return known
  }

  entries(): Iterable<[TenantId, Tenant]> {
    return this.#tenants.entries()
  }
}

function emptyTenant(tenant: TenantId, feed: FeedLog): Tenant {
  const announcements = new AnnouncementTable()
  return {
    journal: new JournalTable(),
    announcements,
    customers: new CustomerTable(),
    consents: new ConsentTable(),
    segments: new SegmentTable(),
    campaigns: new CampaignTable(),
    freezing: new FreezingTable(),
    audience: new AudienceTable(),
    deliveries: new DeliveryTable((campaignId) => announcements.announce(campaignId)),
    events: new EventTable((events) => feed.add(tenant, events)),
    coupons: new CouponTable(),
    ledger: new LedgerTable(),
  }
}
