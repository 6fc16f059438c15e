import { CampaignKitError } from '../base/error.js'
import type { Channel, ChannelCapabilities, OutgoingMessage, SendResult } from '../ports/channel.js'
import { sampleCapabilities } from './sample-capabilities.js'

/** A channel that takes everything and reaches nobody. */
export interface RecordingChannel extends Channel {
  /** Every message that was taken, in order. */
  readonly sent: readonly OutgoingMessage[]
}

/**
 * Makes a channel that records what it is given.
 *
 * @param capabilities - what differs from the defaults: e-mail to persons, a window of 10, one message a call, no
 *   receipts, no price, reaches nobody
 */
export function createRecordingChannel(capabilities: Partial<ChannelCapabilities> = {}): RecordingChannel {
  const sent: OutgoingMessage[] = []
  return {
    capabilities: sampleCapabilities(capabilities),
    sent,
    async send(_scope, batch, options): Promise<readonly SendResult[]> {
      if (options?.signal?.aborted) throw new CampaignKitError('ABORTED', 'The call was aborted')
      return batch.map((message) => {
        sent.push(message)
        return { outcome: 'accepted', providerMessageId: `recorded-${sent.length}` }
      })
    },
  }
}
