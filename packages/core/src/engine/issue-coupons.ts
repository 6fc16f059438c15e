import type { CustomerId, RunId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import type { CouponView } from '../rendering/view.js'
import type { EngineContext } from './context.js'
import { couponView, drawToken, sealContext } from './render-message.js'

/**
 * The coupons of customers in a run: drawn on first need, the same ones ever after, whatever retry or channel asks.
 * Empty when the campaign has no coupon.
 */
export async function issueCoupons(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  runId: RunId,
  customers: readonly Customer[],
): Promise<ReadonlyMap<CustomerId, CouponView>> {
  const { coupon } = campaign.content
  if (coupon === undefined || customers.length === 0) return new Map()
  const drafts = customers.map((customer) => drawToken(context, scope, campaign, runId, customer).token)
  const tokens = await context.storage.coupons.issue(scope, drafts)
  return new Map(
    tokens.map((token) => {
      const code = context.cipher.open(token.sealed, sealContext(scope, runId))
      return [token.customerId, couponView(context, coupon, code, token)]
    }),
  )
}
