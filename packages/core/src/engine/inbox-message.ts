import type { CampaignId, DeliveryId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { Delivery } from '../model/delivery.js'

/** A message as an app shows it. */
export interface InboxMessage {
  /** Names the message to `seen` and `dismiss`. */
  readonly deliveryId: DeliveryId
  readonly campaignId: CampaignId
  readonly title: string
  readonly body: string
  readonly link: string | null
  readonly image: string | null
  /** Texts by name; empty when the campaign has none. */
  readonly data: Readonly<Record<string, string>>
  readonly placement: string | null
  readonly sentAt: Instant
  /** From when on it is not listed any more; null when it stays. */
  readonly expiresAt: Instant | null
  readonly seenAt: Instant | null
  readonly dismissedAt: Instant | null
}

/** A message that may be shown. */
export interface SentNotice {
  readonly delivery: Delivery
  readonly campaign: Campaign
  readonly expiresAt: Instant | null
}
