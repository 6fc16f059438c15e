import type { DeliveryId, RunId } from '../base/ids.js'
import type { ChannelKind } from './channel-kind.js'

/** Where a message over a public channel is put: a page of a network, a slot of a site. It is nobody's. */
export interface PublicPlacement {
  readonly channel: ChannelKind
  /** As the message names it, else the name of the channel. */
  readonly name: string
}

/** Whether a campaign puts something in public over a channel. */
export function isPublicIn(placements: readonly PublicPlacement[], channel: ChannelKind): boolean {
  return placements.some((placement) => placement.channel === channel)
}

/** The id of the delivery of a placement in a run: there is one, however often it is queued. */
export function postId(runId: RunId, { channel, name }: PublicPlacement): DeliveryId {
  return `${runId}-${channel}-${name}` as DeliveryId
}
