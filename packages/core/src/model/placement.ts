import type { CustomerId } from '../base/ids.js'
import type { ChannelKind } from './channel-kind.js'

/** Where a public message is put: a page of a network, a slot of a display. Nobody's, and so without a customer. */
export interface Placement {
  readonly channel: ChannelKind
  /** A lower-case word of the host. */
  readonly name: string
}

/** No id of a host begins with it: those hold no control characters. */
const MARK = '\u0001'

/** What stands in a member and a delivery in the place of a customer. */
export function placementId({ channel, name }: Placement): CustomerId {
  return `${MARK}${channel}:${name}` as CustomerId
}

/** The placement that stands in the place of a customer; null for a customer. */
export function placementOf(id: CustomerId): Placement | null {
  if (!id.startsWith(MARK)) return null
  const [channel = '', ...name] = id.slice(MARK.length).split(':')
  return { channel: channel as ChannelKind, name: name.join(':') }
}
