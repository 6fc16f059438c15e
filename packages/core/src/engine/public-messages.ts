import type { Campaign, CampaignContent } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { channelsOf } from '../model/message.js'
import { type Placed, placementsOn } from '../model/placed.js'
import type { PublicPlacement } from '../model/public-placement.js'
import type { EngineContext } from './context.js'

/** Whether a channel of the kit reaches nobody in particular. */
export function isPublic({ channels }: EngineContext, channel: ChannelKind): boolean {
  return channels[channel]?.capabilities.addressing === 'public'
}

/** Where a content would be put over the public channels of the kit. */
export function placementsIn(context: EngineContext, content: CampaignContent): readonly PublicPlacement[] {
  return channelsOf(content.messages)
    .filter((channel) => isPublic(context, channel))
    .flatMap((channel) => placementsOn(content, channel))
}

/** Where a campaign is put: as it was pinned, or of a draft as the kit is now. */
export function placementsOf(context: EngineContext, campaign: Campaign): readonly PublicPlacement[] {
  return campaign.status === 'draft' ? placementsIn(context, campaign.content) : campaign.placements
}

/** A campaign's content, and where of it is public. */
export function placedOf(context: EngineContext, campaign: Campaign): Placed {
  return { content: campaign.content, placements: placementsOf(context, campaign) }
}
