import { type LinkPurpose, signLink } from '../access/signed-link.js'
import { CampaignKitError } from '../base/error.js'
import type { CustomerId, DeliveryId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Coupon } from '../model/coupon.js'
import type { Customer, OpenCustomer } from '../model/customer.js'
import type { Arm } from '../model/experiment.js'
import type { QrToken } from '../model/qr-token.js'
import type { Scope } from '../model/scope.js'
import type { RenderedMessage } from '../ports/channel.js'
import { CUSTOMER_HANDLE_LETTERS, draftToken, linkOfCode, makeHandle, SECRET_BYTES } from '../qr/token.js'
import type { CouponView, RenderView } from '../rendering/view.js'
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
  const { campaign, channel, arm, customer } = order
  return compiledMessage(context, scope, campaign, channel, arm, customer?.locale).render(
    new OrderView(context, scope, order),
  )
}

/**
 * What templates may show of an order. The kit's own links are under the host's public URL, signed, with ids only, and
 * made when they are shown: a signature costs as much as a short text.
 */
class OrderView implements RenderView {
  readonly customer: OpenCustomer
  readonly campaign: RenderView['campaign']
  readonly variant: Arm
  readonly coupon: CouponView | null
  readonly data: MessageOrder['data']
  readonly openPixelUrl: string | null
  readonly now: Instant
  readonly timeZone: string
  readonly #context: EngineContext
  readonly #scope: Scope
  readonly #order: MessageOrder
  #unsubscribe: string | null = null
  #preferences: string | null = null

  constructor(context: EngineContext, scope: Scope, order: MessageOrder) {
    const { id, content } = order.campaign
    const customer = order.customer ?? NOBODY
    this.#context = context
    this.#scope = scope
    this.#order = order
    this.customer = customer
    this.campaign = { id, name: content.name, type: content.type, metadata: content.metadata }
    this.variant = order.arm
    this.coupon = order.coupon
    this.data = order.data
    this.openPixelUrl = content.tracking.opens ? this.#link('/o/', 'open') : null
    this.now = context.clock.now()
    this.timeZone = customer.timeZone ?? context.settings.tenant(scope.tenant).timeZone
  }

  get unsubscribeUrl(): string | null {
    if (this.#order.customer === null) return null
    this.#unsubscribe ??= this.#link('/u/', 'unsubscribe')
    return this.#unsubscribe
  }

  get oneClickUrl(): string | null {
    return this.unsubscribeUrl
  }

  get preferencesUrl(): string | null {
    if (this.#order.customer === null) return null
    this.#preferences ??= preferencesLinkIn(this.#context, this.#scope, this.#order.deliveryId)
    return this.#preferences
  }

  readonly track = (url: string): string => this.#link('/c/', 'click', url)

  #link(path: string, purpose: LinkPurpose, ...more: readonly string[]): string {
    const { publicUrl, secrets } = this.#context.settings
    const fields = [this.#scope.tenant, this.#order.deliveryId, ...more]
    return `${publicUrl}${path}${signLink(secrets[0], purpose, fields)}`
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
