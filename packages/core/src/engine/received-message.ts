import type { AddressKey } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Suppression } from '../model/suppression.js'
import type { Writer } from './find-writer.js'

/** What a message is, once it is read and its writer found. */
export interface ReceivedMessage {
  readonly key: string
  readonly channel: ChannelKind
  readonly at: Instant
  /** Of the address, the current secret's first. */
  readonly addressKeys: readonly [AddressKey, ...AddressKey[]]
  readonly writer: Writer
  /** Suppressions of the address on the channel that its owner asked for. */
  readonly optedOut: readonly Suppression[]
  readonly optInTopics: readonly string[]
}
