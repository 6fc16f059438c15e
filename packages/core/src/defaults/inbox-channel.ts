import * as z from 'zod'
import { DAY_MS } from '../base/time.js'
import { checkInput } from '../model/parse.js'
import type { Channel, ChannelCapabilities } from '../ports/channel.js'

/** What {@link createInboxChannel} takes. */
export interface InboxChannelOptions {
  /** False when nobody reads the inbox, as in a test: then it may stand over a storage that is not durable. @default true */
  readonly reachesPeople?: boolean
}

const optionsSchema = z.strictObject({ reachesPeople: z.boolean().default(true) })

/**
 * The channel of a host whose app reads the inbox (`kit.inbox`) and is told of nothing: a message is sent by being in it.
 * A host that wants to be told as well takes a webhook channel of the kind `in-app`; its inbox is the same.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD
 *
 * @example
 * ```ts
 * import { createInboxChannel } from '@campaignkit/core'
 * console.log(createInboxChannel().capabilities.kind) // in-app
 * ```
 */
export function createInboxChannel(options: InboxChannelOptions = {}): Channel {
  const { reachesPeople } = checkInput(optionsSchema, options)
  return Object.freeze<Channel>({
    capabilities: Object.freeze<ChannelCapabilities>({
      kind: 'in-app',
      addressing: 'person',
      reachesPeople,
      account: 'inbox',
      window: 200,
      batchSize: 100,
      receipts: ['displayed', 'dismissed'],
      receiptWindowMs: DAY_MS,
      idempotencyKeys: true,
      callTimeoutMs: 1_000,
      maxMessageBytes: 100_000,
      price: null,
      accountPace: null,
    }),
    async send(_scope, batch, { signal } = {}) {
      return batch.map(() =>
        signal?.aborted
          ? { outcome: 'transient', code: 'aborted' }
          : { outcome: 'accepted', providerMessageId: null },
      )
    },
  })
}
