import { isCampaignKitError } from '../base/error.js'
import type { DeliveryId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Scope } from '../model/scope.js'
import type { RenderedMessage } from '../ports/channel.js'
import { preparedContent } from './channel-content.js'
import type { EngineContext } from './context.js'
import { renderPost } from './prepare-posts.js'
import { placementsOf } from './public-messages.js'

/** What a run puts in public in one place. */
export interface PostPreview {
  readonly channel: ChannelKind
  readonly placement: string
  /** As the channel will send it; null when it cannot be filled in, which is a finding of its own. */
  readonly message: RenderedMessage | null
}

/** What a run of a campaign would put in public, in the order of the placements. */
export function previewPosts(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
): readonly PostPreview[] {
  return placementsOf(context, campaign).map((placement) => {
    const { channel, name } = placement
    try {
      const rendered = renderPost(context, scope, campaign, placement, 'preview' as DeliveryId)
      return { channel, placement: name, message: preparedContent(context.channels[channel], rendered) }
    } catch (thrown) {
      if (!isCampaignKitError(thrown)) throw thrown
      return { channel, placement: name, message: null }
    }
  })
}
