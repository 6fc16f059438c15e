import {
  byCodePoints,
  type CampaignEvent,
  type FeedHold,
  type FeedProgress,
  type Instant,
  type TenantId,
} from '@campaignkit/core/adapter'

/** Where an event of a tenant stands. */
export interface FeedPlace {
  readonly tenant: TenantId
  readonly key: string
}

/** A sink as it is kept. */
export interface KeptSink extends FeedHold, FeedProgress {
  readonly leaseUntil: Instant | null
}

/** The events of all tenants in the order in which they came, and how far sinks have come. */
export class FeedLog {
  readonly places: FeedPlace[] = []
  readonly sinks = new Map<string, KeptSink>()

  /** @param events - those that one call recorded */
  add(tenant: TenantId, events: readonly CampaignEvent[]): void {
    const inOrder = events.toSorted((left, right) => left.at - right.at || byCodePoints(left.key, right.key))
    for (const { key } of inOrder) this.places.push({ tenant, key })
  }
}
