import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId, CustomerId, DeliveryId, RunId } from '../base/ids.js'
import { type Campaign, variantsOf } from '../model/campaign.js'
import { type ChannelKind, channelKindSchema } from '../model/channel-kind.js'
import { addressOf, type Customer } from '../model/customer.js'
import { type Arm, PUBLIC_ARM } from '../model/experiment.js'
import { hostIdSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import { usedChannels } from '../model/placed.js'
import type { PublicPlacement } from '../model/public-placement.js'
import type { Scope } from '../model/scope.js'
import type { RenderedMessage } from '../ports/channel.js'
import { requireCampaign } from './change-campaign.js'
import { preparedContent } from './channel-content.js'
import type { EngineContext } from './context.js'
import { renderPost } from './prepare-posts.js'
import { placedOf } from './public-messages.js'
import { couponView, drawToken, renderMessage } from './render-message.js'
import { openCustomer } from './seal-customer.js'

const previewOptionsSchema = z.strictObject({
  /** Whose message it is; of what is put in public, nobody's. */
  customerId: hostIdSchema.transform((text) => text as CustomerId).exactOptional(),
  channel: channelKindSchema.exactOptional(),
  variant: z.string().min(1).exactOptional(),
})

export type PreviewOptions = z.input<typeof previewOptionsSchema>

/** A message as it would go out. */
export interface MessagePreview {
  readonly channel: ChannelKind
  readonly variant: Arm
  /** The address or placement that it would go to; null when the customer has none for the channel. */
  readonly to: string | null
  /** As the channel will send it. */
  readonly message: RenderedMessage
}

/** A preview, and the message as the templates give it, before the channel prepares it. */
export interface RenderedPreview extends MessagePreview {
  readonly rendered: RenderedMessage
}

/** The run and delivery of a preview: no real one has these ids. */
const SPECIMEN_RUN = 'preview' as RunId
const SPECIMEN_DELIVERY = 'preview' as DeliveryId

/**
 * The real message that a customer would get, QR code and all. Its code is a specimen: the till answers `unknown`.
 *
 * @throws CAMPAIGN_NOT_FOUND, CUSTOMER_NOT_FOUND, INVALID_INPUT for a channel or variant that the campaign does not
 *   have, TEMPLATE_RENDER_FAILED; TOKEN_KEY_UNKNOWN, SIGNATURE_INVALID when what is sealed of the customer does not open
 */
export async function previewMessage(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  options: PreviewOptions,
): Promise<MessagePreview> {
  authorize(context.access, scope, 'campaign.read')
  const { customerId, ...choice } = parseInput(previewOptionsSchema, options)
  const campaign = await requireCampaign(context, scope, id)
  const [customer = null] =
    customerId === undefined ? [] : await context.storage.customers.get(scope, [customerId])
  if (customer === null && customerId !== undefined)
    throw new CampaignKitError('CUSTOMER_NOT_FOUND', 'No customer has this id', { path: 'customerId' })
  const { rendered: _rendered, ...preview } = await previewFor(context, scope, campaign, customer, choice)
  return preview
}

/**
 * Renders a campaign's message for a customer as a specimen, or what is put in public, of which the first placement is shown.
 *
 * @throws as {@link previewMessage}
 */
export async function previewFor(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  sealed: Customer | null,
  choice: { readonly channel?: ChannelKind; readonly variant?: string },
): Promise<RenderedPreview> {
  const placed = placedOf(context, campaign)
  const channel = chooseFrom('channel', usedChannels(placed), choice.channel)
  const placement = placed.placements.find((each) => each.channel === channel)
  if (placement !== undefined) return previewPost(context, scope, campaign, placement, choice.variant)
  if (sealed === null)
    throw new CampaignKitError('INVALID_INPUT', 'customerId: a message is a customer’s', {
      path: 'customerId',
    })
  const variants = variantsOf(campaign.content).map(({ name }) => name)
  const variant = chooseFrom('variant', variants, choice.variant)
  const customer = openCustomer(context, scope, sealed)
  const data = await context.settings.templateData?.(scope, campaign, [customer.id])
  const rendered = renderMessage(context, scope, {
    campaign,
    channel,
    arm: variant,
    customer,
    deliveryId: SPECIMEN_DELIVERY,
    coupon: specimenCoupon(context, scope, campaign, customer),
    data: data?.get(customer.id) ?? {},
  })
  const message = preparedContent(context.channels[channel], rendered)
  return { channel, variant, to: addressOf(customer, channel), message, rendered }
}

function previewPost(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  placement: PublicPlacement,
  variant?: string,
): RenderedPreview {
  const { channel, name: to } = placement
  const rendered = renderPost(context, scope, campaign, placement, SPECIMEN_DELIVERY)
  const message = preparedContent(context.channels[channel], rendered)
  return { channel, variant: chooseFrom('variant', [PUBLIC_ARM], variant), to, message, rendered }
}

function chooseFrom<Choice extends string>(
  path: string,
  choices: readonly Choice[],
  chosen: string | undefined,
): Choice {
  const found = chosen === undefined ? choices[0] : choices.find((choice) => choice === chosen)
  if (found !== undefined) return found
  throw new CampaignKitError('INVALID_INPUT', `${path}: the campaign has no such ${path}`, { path })
}

function specimenCoupon(context: EngineContext, scope: Scope, campaign: Campaign, customer: Customer) {
  if (campaign.content.coupon === undefined) return null
  const { code, token } = drawToken(context, scope, campaign, SPECIMEN_RUN, customer)
  return couponView(context, campaign.content.coupon, code, token)
}
