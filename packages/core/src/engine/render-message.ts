import { signLink } from '../access/signed-link.js'
import { CampaignKitError } from '../base/error.js'
import type { CustomerId, DeliveryId, RunId } from '../base/ids.js'
import { once } from '../base/once.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Coupon } from '../model/coupon.js'
import type { Customer, OpenCustomer } from '../model/customer.js'
import type { Arm } from '../model/experiment.js'
import type { QrToken } from '../model/qr-token.js'
import type { Scope } from '../model/scope.js'
import type { RenderedMessage } from '../ports/channel.js'
import { CUSTOMER_HANDLE_LETTERS, draftToken, linkOfCode, makeHandle, SECRET_BYTES } from '../qr/token.js'
import type { CouponView } from '../rendering/view.js'
import { compiledMessage } from './compile-messages.js'
import type { EngineContext } from './context.js'
import { preferencesLinkIn } from './preferences-link.js'

/** A message that is to be rendered: for whom, as which arm, with which coupon. */
export interface MessageOrder {
  readonly campaign: Campaign
  readonly channel: ChannelKind
  readonly arm: Arm
  /** Null for what is put in public. */
  readonly customer: OpenCustomer | null
  readonly deliveryId: DeliveryId
  readonly coupon: CouponView | null
  readonly data: Readonly<Record<string, unknown>>
}

/** Of whom templates see nothing: what is put in public names nobody. */
const NOBODY: OpenCustomer = { id: '' as CustomerId, addresses: {}, tags: [], facts: {}, attributes: {} }

/**
 * Fills in the message for one customer, or for all.
 *
 * @throws TEMPLATE_RENDER_FAILED
 */
export function renderMessage(context: EngineContext, scope: Scope, order: MessageOrder): RenderedMessage {
  const { campaign, deliveryId } = order
  const customer = order.customer ?? NOBODY
  const compiled = compiledMessage(context, scope, campaign, order.channel, order.arm, customer.locale)
  const links = linksOf(context, scope, deliveryId)
  return compiled.render({
    customer,
    campaign: {
      id: campaign.id,
      name: campaign.content.name,
      type: campaign.content.type,
      metadata: campaign.content.metadata,
    },
    variant: order.arm,
    coupon: order.coupon,
    data: order.data,
    // a signature costs as much as a short text, and not every message shows one
    get unsubscribeUrl() {
      return order.customer === null ? null : links.unsubscribe()
    },
    get preferencesUrl() {
      return order.customer === null ? null : links.preferences()
    },
    get oneClickUrl() {
      return order.customer === null ? null : links.unsubscribe()
    },
    track: links.track,
    openPixelUrl: campaign.content.tracking.opens ? links.openPixel() : null,
    now: context.clock.now(),
    timeZone: customer.timeZone ?? context.settings.tenant(scope.tenant).timeZone,
  })
}

/** The kit's own links in a message: under the host's public URL, signed, with ids only. */
function linksOf(context: EngineContext, scope: Scope, deliveryId: DeliveryId) {
  const { publicUrl: origin, secrets } = context.settings
  const [secret] = secrets
  return {
    unsubscribe: once(() => `${origin}/u/${signLink(secret, 'unsubscribe', [scope.tenant, deliveryId])}`),
    preferences: once(() => preferencesLinkIn(context, scope, deliveryId)),
    openPixel: () => `${origin}/o/${signLink(secret, 'open', [scope.tenant, deliveryId])}`,
    track: (url: string) => `${origin}/c/${signLink(secret, 'click', [scope.tenant, deliveryId, url])}`,
  }
}

/** What templates and images need of a coupon. */
export function couponView(
  context: EngineContext,
  coupon: Coupon,
  code: string,
  token: Pick<QrToken, 'expiresAt'>,
): CouponView {
  const link = linkOfCode(context.settings.publicUrl, code)
  return {
    code,
    link,
    reward: coupon.reward,
    expiresAt: token.expiresAt,
    terms: coupon.terms,
    png: () => context.qr.png(link),
  }
}

/** What a code is sealed for; a seal of one run does not open as that of another. */
export function sealContext(scope: Scope, runId: RunId): string {
  return `coupon ${scope.tenant} ${runId}`
}

/** A new code for a customer in a run; nothing is stored. */
export function drawToken(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  runId: RunId,
  customer: Pick<Customer, 'id'>,
): { readonly token: QrToken; readonly code: string } {
  const { coupon } = campaign.content
  if (coupon === undefined) throw new CampaignKitError('COUPON_NOT_CONFIGURED', 'The campaign has no coupon')
  return draftToken({
    coupon,
    campaign: { id: campaign.id, handle: campaign.handle },
    runId,
    customerId: customer.id,
    customerHandle: makeHandle(context.random, CUSTOMER_HANDLE_LETTERS),
    secret: context.random.bytes(SECRET_BYTES),
    seal: (code) => context.cipher.seal(code, sealContext(scope, runId)),
    now: context.clock.now(),
  })
}
