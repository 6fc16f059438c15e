import { isCampaignKitError } from '../base/error.js'
import type { DeliveryId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import { PUBLIC_ARM } from '../model/experiment.js'
import type { PublicPlacement } from '../model/public-placement.js'
import type { Scope } from '../model/scope.js'
import type { RenderedMessage } from '../ports/channel.js'
import type { Settlement } from '../ports/storage/delivery-store.js'
import { bytesOn, mostBytesOn } from '../rendering/message-size.js'
import type { ReadyMessage } from './call-channel.js'
import { preparedContent, weightOf } from './channel-content.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { endCode } from './expiry.js'
import { renderMessage } from './render-message.js'
import { type HeldDelivery, skipped, unrenderable } from './settlements.js'

/** What is put in public of a chunk. */
interface PreparedPosts {
  readonly ready: readonly ReadyMessage[]
  readonly stopped: readonly Settlement[]
}

/** Makes what is put in public: no gate of a customer applies, only the end of the campaign and the time to live do. */
export async function preparePosts(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  chunk: readonly HeldDelivery[],
): Promise<PreparedPosts> {
  const ready: ReadyMessage[] = []
  const stopped: Settlement[] = []
  for (const held of chunk) {
    const code = endCode(lane.campaign, held.delivery, context.clock.now())
    const written = code === null ? tryWrite(context, scope, lane, held) : null
    if (code !== null) stopped.push(skipped(context, held, code))
    else if (typeof written === 'string') stopped.push(unrenderable(context, held, written))
    else if (written !== null) ready.push(written)
  }
  return { ready, stopped }
}

function tryWrite(
  context: EngineContext,
  scope: Scope,
  { campaign, kind, channel }: ChannelLane,
  held: HeldDelivery,
): ReadyMessage | string {
  const { id, placement } = held.delivery
  // whoever is a customer is never shown to all
  if (placement === null) return 'PUBLIC_HAS_NO_CUSTOMER'
  try {
    const rendered = renderPost(context, scope, campaign, { channel: kind, name: placement }, id)
    const content = preparedContent(channel, rendered)
    return bytesOn(kind, content) > mostBytesOn(kind, channel.capabilities.maxMessageBytes)
      ? 'MESSAGE_TOO_LARGE'
      : { held, to: placement, addressKey: null, content, weight: weightOf(channel, content) }
  } catch (thrown) {
    const error = isCampaignKitError(thrown) ? thrown.code : 'unknown'
    context.logger.warn('a message could not be rendered', { deliveryId: id, error })
    return 'TEMPLATE_RENDER_FAILED'
  }
}

/** The message as it is put in one placement. @throws TEMPLATE_RENDER_FAILED */
export function renderPost(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  { channel, name }: PublicPlacement,
  deliveryId: DeliveryId,
): RenderedMessage {
  const rendered = renderMessage(context, scope, {
    campaign,
    channel,
    arm: PUBLIC_ARM,
    customer: null,
    deliveryId,
    coupon: null,
    data: {},
  })
  return rendered.type === 'notice' ? { ...rendered, placement: name } : rendered
}
