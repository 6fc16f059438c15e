import type { DeliveryId, RunId } from '../base/ids.js'
import { type CampaignContent, channelOrder } from './campaign.js'
import type { ChannelKind } from './channel-kind.js'
import { channelsOf } from './message.js'

/** Where a message over a public channel is put: a page of a network, a slot of a site. It is nobody's. */
export interface PublicPlacement {
  readonly channel: ChannelKind
  /** As the message names it, else the name of the channel. */
  readonly name: string
}

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

/** Whether a campaign puts something in public over a channel. */
export function isPublicIn(placements: readonly PublicPlacement[], channel: ChannelKind): boolean {
  return placements.some((placement) => placement.channel === channel)
}

/** The id of the delivery of a placement in a run: there is one, however often it is queued. */
export function postId(runId: RunId, { channel, name }: PublicPlacement): DeliveryId {
  return `${runId}-${channel}-${name}` as DeliveryId
}
