import type { CampaignId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { CampaignStatus } from './campaign-status.js'
import type { DeliveryStatus } from './delivery.js'

/** Deliveries by status. */
export type DeliveryCounts = Readonly<Record<DeliveryStatus, number>>

/** How far a campaign has come. */
export interface Progress {
  readonly campaignId: CampaignId
  readonly status: CampaignStatus
  readonly at: Instant
  /** Deliveries that exist; grows while a run is being frozen. */
  readonly total: number
  /** Sent, failed, skipped, cancelled and held. */
  readonly settled: number
  readonly counts: DeliveryCounts
  /** Share settled, 0 to 1; 0 while there is nothing. */
  readonly share: number
  /** Deliveries settled a minute over the recent past; null before there is any. */
  readonly ratePerMinute: number | null
  /** Milliseconds until all is settled at that rate; null when unknown, while it is paused and while a run is still to come; 0 at the end. */
  readonly etaMs: number | null
}
