import type { CustomerId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import type { CouponView } from '../rendering/view.js'
import type { EngineContext } from './context.js'
import { couponView, drawToken, sealContext } from './render-message.js'

/**
 * Opens a coupon for the message that shows it.
 *
 * @throws TOKEN_KEY_UNKNOWN when it was sealed under a secret that is no longer configured, SIGNATURE_INVALID when the
 *   seal was changed
 */
export type CouponOpener = () => CouponView

/** The coupon of a customer in a run. */
export interface IssuedCoupon {
  readonly open: CouponOpener
  /** The first instant at which it is no longer valid; null for never. */
  readonly expiresAt: Instant | null
}

/** Whether there is a coupon that is no longer worth sending. */
export function isExpired(coupon: IssuedCoupon | undefined, now: Instant): boolean {
  return coupon !== undefined && coupon.expiresAt !== null && coupon.expiresAt <= now
}

/**
 * The coupons of customers in a run: drawn on first need, the same ones ever after, whatever retry or channel asks.
 * Empty when the campaign has no coupon. Each is opened by itself, so that one that does not open stops no other.
 */
export async function issueCoupons(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  runId: RunId,
  customers: readonly Customer[],
): Promise<ReadonlyMap<CustomerId, IssuedCoupon>> {
  const { coupon } = campaign.content
  if (coupon === undefined || customers.length === 0) return new Map()
  const drafts = customers.map((customer) => drawToken(context, scope, campaign, runId, customer).token)
  const tokens = await context.storage.coupons.issue(scope, drafts)
  return new Map(
    tokens.map((token) => {
      const open = () => {
        const code = context.cipher.open(token.sealed, sealContext(scope, runId))
        return couponView(context, coupon, code, token)
      }
      return [token.customerId, { open, expiresAt: token.expiresAt }]
    }),
  )
}
