import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Reward } from './coupon.js'

/** The personal coupon of a customer in a run, unique by (run, customer); one for all its deliveries. */
export interface QrToken {
  readonly runId: RunId
  readonly campaignId: CampaignId
  readonly customerId: CustomerId
  /** `{campaign}-{customer}`: the public handles, the part of the code before its secret; unique per tenant. */
  readonly handle: string
  /** SHA-256 of the whole code in hexadecimal. */
  readonly hash: string
  /** The whole code, sealed under the key id that the text begins with. */
  readonly sealed: string
  readonly reward: Reward
  readonly issuedAt: Instant
  readonly validFrom: Instant
  /** The first instant at which it is no longer valid; null for never. */
  readonly expiresAt: Instant | null
  readonly maxRedemptions: number
  readonly cancelledAt: Instant | null
}
