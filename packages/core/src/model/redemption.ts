import * as z from 'zod'
import type { CampaignId, CustomerId, RedemptionId, RunId } from '../base/ids.js'
import type { Money } from '../base/money.js'
import type { Instant } from '../base/time.js'
import type { Reward } from './coupon.js'
import { hostIdSchema, instantSchema, moneySchema, textSchema } from './fields.js'
import type { QrToken } from './qr-token.js'

/** One use of a coupon at the till. */
export interface Redemption {
  readonly id: RedemptionId
  /** The caller's idempotency key, such as a receipt number; unique per tenant together with the handle. */
  readonly key: string
  readonly handle: string
  readonly campaignId: CampaignId
  readonly runId: RunId
  readonly customerId: CustomerId
  readonly at: Instant
  /** Who took it: a till, a member of staff. */
  readonly by: string
  /** What the customer paid, when the till says it. */
  readonly amount: Money | null
  readonly reversedAt: Instant | null
}

export const redeemOptionsSchema = z.strictObject({
  by: hostIdSchema,
  key: hostIdSchema,
  at: instantSchema.exactOptional(),
  /** What the customer paid: 0 or more. */
  amount: moneySchema.refine(({ amountMinor }) => amountMinor >= 0, 'less than nothing').exactOptional(),
})
export type RedeemOptions = z.input<typeof redeemOptionsSchema>

export const reverseOptionsSchema = z.strictObject({
  /** The key of the redemption that is given back. */
  key: hostIdSchema,
  /** The coupon that is given back, as a code or its link; needed when the key took several. */
  code: z.string().max(2_048).exactOptional(),
  by: hostIdSchema,
  reason: textSchema(2_000),
})
export type ReverseOptions = z.input<typeof reverseOptionsSchema>

/** Why a code is not taken. */
export type RefusedRedemption = 'spent' | 'expired' | 'notYetValid' | 'cancelled' | 'unknown'

/**
 * What the till is told. A key that asks again for the same coupon gets its redemption again: as `redeemed` while it
 * stands, as `reversed` once it was given back, so that a late retry neither claims a use nor takes another. A new sale
 * takes a new key.
 */
export type RedemptionOutcome =
  | {
      readonly outcome: 'redeemed'
      readonly redemption: Redemption
      readonly reward: Reward
      /** Uses that are left after this one. */
      readonly remaining: number
      /** Whether this key had taken this coupon before. */
      readonly repeated: boolean
    }
  | {
      readonly outcome: 'reversed'
      /** With the instant at which it was given back. */
      readonly redemption: Redemption
      readonly reward: Reward
    }
  | {
      readonly outcome: Exclude<RefusedRedemption, 'unknown'>
      readonly reward: Reward
      readonly expiresAt: Instant | null
    }
  | { readonly outcome: 'unknown' }

/**
 * The redeem rule, which every storage applies under its own lock.
 *
 * @param used - redemptions of the token that were not reversed
 * @returns null when the code is to be taken, else why not; a cancelled token tells so before all else
 */
export function refuseRedemption(
  token: QrToken,
  used: number,
  at: Instant,
): Exclude<RefusedRedemption, 'unknown'> | null {
  if (token.cancelledAt !== null && token.cancelledAt <= at) return 'cancelled'
  if (at < token.validFrom) return 'notYetValid'
  if (token.expiresAt !== null && at >= token.expiresAt) return 'expired'
  return used >= token.maxRedemptions ? 'spent' : null
}
