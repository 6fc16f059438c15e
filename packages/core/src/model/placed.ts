import { type CampaignContent, channelOrder } from './campaign.js'
import type { ChannelKind } from './channel-kind.js'
import { channelsOf } from './message.js'
import { isPublicIn, type PublicPlacement } from './public-placement.js'

/** A content, and where of it is public. */
export interface Placed {
  readonly content: CampaignContent
  readonly placements: readonly PublicPlacement[]
}

/** The places that a message names, each once; under the name of its channel when it names none. */
export function placementsOn(
  { messages }: CampaignContent,
  channel: ChannelKind,
): readonly PublicPlacement[] {
  const { placement = channel } = (messages[channel] ?? {}) as {
    readonly placement?: string | readonly string[]
  }
  const names = typeof placement === 'string' ? [placement] : placement
  return names.map((name) => ({ channel, name }))
}

/** Channels over which customers are written to, in the order in which they are tried. */
export function personalChannels({ content, placements }: Placed): readonly ChannelKind[] {
  return channelOrder(content).filter((channel) => !isPublicIn(placements, channel))
}

/** Every channel that a campaign uses: those to customers first, then the public ones. */
export function usedChannels({ content, placements }: Placed): readonly ChannelKind[] {
  const shown = channelsOf(content.messages).filter((channel) => isPublicIn(placements, channel))
  return [...personalChannels({ content, placements }), ...shown]
}
