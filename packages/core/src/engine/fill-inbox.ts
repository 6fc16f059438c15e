import { isCampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import type { Customer, OpenCustomer } from '../model/customer.js'
import type { QrToken } from '../model/qr-token.js'
import type { Scope } from '../model/scope.js'
import type { CouponView } from '../rendering/view.js'
import type { EngineContext } from './context.js'
import type { InboxMessage, SentNotice } from './inbox-message.js'
import { couponView, renderMessage, sealContext } from './render-message.js'
import { openCustomer } from './seal-customer.js'
import { templateData } from './template-data.js'

/**
 * Fills in messages of one customer. One that cannot be filled in is left out and logged: it was when it was sent.
 *
 * @throws TEMPLATE_DATA_FAILED
 */
export async function fillInbox(
  context: EngineContext,
  scope: Scope,
  sealed: Customer,
  notices: readonly SentNotice[],
): Promise<readonly InboxMessage[]> {
  const [first] = notices
  if (first === undefined) return []
  const data = await dataOf(context, scope, sealed, notices)
  const tokens = await tokensOf(context, scope, sealed, notices)
  return notices.flatMap((notice) => {
    try {
      const customer = openCustomer(context, scope, sealed)
      const coupon = openCoupon(context, scope, notice, tokens.get(notice.delivery.runId))
      return fill(context, scope, notice, { customer, coupon, data: data.get(notice.campaign.id) ?? {} })
    } catch (thrown) {
      if (!isCampaignKitError(thrown)) throw thrown
      const { id: deliveryId } = notice.delivery
      context.logger.warn('a message of an inbox could not be shown', { deliveryId, error: thrown.code })
      return []
    }
  })
}

interface Filling {
  readonly customer: OpenCustomer
  readonly coupon: CouponView | null
  readonly data: Readonly<Record<string, unknown>>
}

function fill(
  context: EngineContext,
  scope: Scope,
  { campaign, delivery, expiresAt }: SentNotice,
  filling: Filling,
): readonly InboxMessage[] {
  const { id: deliveryId, arm, receipts, sentAt } = delivery
  const order = { campaign, channel: 'in-app', arm, deliveryId, ...filling } as const
  const content = renderMessage(context, scope, order)
  if (content.type !== 'notice') return []
  const { title, body, link, image, data = {}, placement = null } = content
  return [
    {
      deliveryId,
      campaignId: campaign.id,
      ...{ title, body, link, image, data, placement },
      sentAt: sentAt ?? 0,
      expiresAt,
      seenAt: receipts.displayed ?? null,
      dismissedAt: receipts.dismissed ?? null,
    },
  ]
}

/** The host's data of the customer, by campaign. */
async function dataOf(
  context: EngineContext,
  scope: Scope,
  customer: Customer,
  notices: readonly SentNotice[],
): Promise<ReadonlyMap<CampaignId, Readonly<Record<string, unknown>>>> {
  const data = new Map<CampaignId, Readonly<Record<string, unknown>>>()
  for (const { campaign } of notices) {
    if (data.has(campaign.id)) continue
    const supplied = await templateData(context, scope, campaign, [customer])
    data.set(campaign.id, supplied.get(customer.id) ?? {})
  }
  return data
}

/** The coupons that the customer has, by run: those that were sent, never new ones. */
async function tokensOf(
  context: EngineContext,
  scope: Scope,
  { id }: Customer,
  notices: readonly SentNotice[],
): Promise<ReadonlyMap<string, QrToken>> {
  const runs = notices.filter(({ campaign }) => campaign.content.coupon !== undefined)
  const tokens = new Map<string, QrToken>()
  for (const runId of new Set(runs.map(({ delivery }) => delivery.runId))) {
    const [token] = await context.storage.coupons.ofRun(scope, runId, [id])
    if (token !== undefined) tokens.set(runId, token)
  }
  return tokens
}

function openCoupon(
  context: EngineContext,
  scope: Scope,
  { campaign, delivery }: SentNotice,
  token: QrToken | undefined,
): CouponView | null {
  const { coupon } = campaign.content
  if (coupon === undefined || token === undefined) return null
  const code = context.cipher.open(token.sealed, sealContext(scope, delivery.runId))
  return couponView(context, coupon, code, token)
}
