import * as z from 'zod'
import { toBase64 } from '../../base/base64.js'
import { toHex, utf8 } from '../../base/bytes.js'
import { digestOf, sha256 } from '../../base/digest.js'
import { DAY_MS, type DurationMs } from '../../base/time.js'
import { addressKindOf, type ChannelKind, channelKindSchema } from '../../model/channel-kind.js'
import { accountNameSchema, messagePriceSchema } from '../../model/channel-options.js'
import { type Pace, paceSchema } from '../../model/pace.js'
import { checkInput } from '../../model/parse.js'
import { RECEIPT_TYPES, type ReceiptType } from '../../model/receipt.js'
import type { Scope } from '../../model/scope.js'
import type { Channel, ChannelCapabilities, MessagePrice, OutgoingMessage } from '../../ports/channel.js'
import { resultOfFailure } from './classify-webhook.js'
import { isSuccess, postWebhook } from './post-webhook.js'
import { readResults } from './read-results.js'
import { readTarget, type WebhookTargetOptions, webhookTargetFields } from './webhook-options.js'

/** What {@link createWebhookChannel} needs. */
export interface WebhookChannelOptions extends WebhookTargetOptions {
  /** Which messages of a campaign go this way. */
  readonly kind: ChannelKind
  /** `public` for a post or a placement, which is nobody's. @default 'person' */
  readonly addressing?: 'person' | 'public'
  /** Messages of one request: 1 to 1,000. @default 1 */
  readonly batchSize?: number
  /** Requests under way at once; with `batchSize` no more than 1,000 messages. @default 5 */
  readonly connections?: number
  /** What the service reports by signed receipts. @default nothing */
  readonly receipts?: readonly ReceiptType[]
  /** How long after an attempt a receipt may still tell whether it was sent. @default a day with receipts, else 0 */
  readonly receiptWindowMs?: DurationMs
  /** Largest message in bytes: 100 to 10,000,000. @default 4_096 of a push, else 100_000 */
  readonly maxMessageBytes?: number
  /** What messages cost. @default unknown */
  readonly price?: MessagePrice
  /** The limit of the service as a whole. @default none */
  readonly accountPace?: Pace
  /** Names the account whose limits are shared. @default a fingerprint of the url */
  readonly account?: string
  /** False when the service delivers to nobody, as in a test. @default true */
  readonly reachesPeople?: boolean
}

const MOST_AT_ONCE = 1_000
const PUSH_BYTES = 4_096

const optionsSchema = z
  .strictObject({
    ...webhookTargetFields,
    kind: channelKindSchema,
    addressing: z.enum(['person', 'public']).default('person'),
    batchSize: z.int().min(1).max(MOST_AT_ONCE).default(1),
    connections: z.int().min(1).max(MOST_AT_ONCE).default(5),
    receipts: z
      .array(z.enum(RECEIPT_TYPES))
      .refine((types) => new Set(types).size === types.length, 'names one twice')
      .default([]),
    receiptWindowMs: z
      .int()
      .min(0)
      .max(30 * DAY_MS)
      .optional(),
    maxMessageBytes: z.int().min(100).max(10_000_000).optional(),
    price: messagePriceSchema.optional(),
    accountPace: paceSchema.optional(),
    account: accountNameSchema.optional(),
    reachesPeople: z.boolean().default(true),
  })
  .refine(({ batchSize, connections }) => batchSize * connections <= MOST_AT_ONCE, {
    message: `with batchSize more than ${MOST_AT_ONCE} messages`,
    path: ['connections'],
  })
  .refine(({ addressing, kind }) => addressing === 'person' || addressKindOf(kind) === 'id', {
    message: 'a kind that goes to an address is not public',
    path: ['addressing'],
  })
  .refine(
    ({ receipts, receiptWindowMs }) =>
      receiptWindowMs === undefined || receipts.length > 0 === receiptWindowMs > 0,
    {
      message: 'goes together with receipts',
      path: ['receiptWindowMs'],
    },
  )

/**
 * A channel that posts messages as JSON to a service of the host, signed as Standard Webhooks 1.0 says, with one
 * idempotency key a message, so that one of which nobody knows is sent again and still arrives once. It reaches whatever
 * the service reaches: pushes, a feed in an app, a banner, a network. It never retries by itself, follows no redirect and
 * says nothing of a message in an error.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD, SECRET_INVALID with the path
 *
 * @example
 * ```ts
 * import { createWebhookChannel } from '@campaignkit/core'
 * const push = createWebhookChannel({
 *   kind: 'push',
 *   url: 'https://push.pizza.example/messages',
 *   secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
 *   batchSize: 100,
 * })
 * console.log(push.capabilities.window, push.capabilities.idempotencyKeys) // 500 true
 * ```
 */
export function createWebhookChannel(options: WebhookChannelOptions): Channel {
  const settings = checkInput(optionsSchema, options)
  const target = readTarget(settings)
  const { kind } = settings
  return Object.freeze<Channel>({
    capabilities: Object.freeze(capabilitiesOf(settings, target.url)),
    async send(scope, batch, { signal } = {}) {
      const now = target.clock.now()
      const id = batchId(scope, kind, batch)
      const answer = await postWebhook(
        target,
        {
          id,
          headers: { 'idempotency-key': keyOf(batch) ?? id },
          body: JSON.stringify({
            type: 'message.send',
            timestamp: new Date(now).toISOString(),
            data: { tenant: scope.tenant, kind, messages: batch.map(written) },
          }),
        },
        signal,
      )
      if (answer.outcome === 'answered' && isSuccess(answer.status)) return readResults(answer.body, batch)
      const result = resultOfFailure(answer, batch.length, now)
      return batch.map(() => result)
    },
  })
}

/** The same whenever the same messages are sent together again. */
function batchId({ tenant }: Scope, kind: ChannelKind, batch: readonly OutgoingMessage[]): string {
  const keys = batch.map(({ idempotencyKey }) => idempotencyKey)
  return `msg_${digestOf(tenant, kind, ...keys).slice(0, 32)}`
}

/** The key of a message that goes alone; null when it goes with others, or cannot stand in a header field. */
function keyOf(batch: readonly OutgoingMessage[]): string | null {
  const [{ idempotencyKey } = { idempotencyKey: '' }, ...others] = batch
  return others.length === 0 && /^[\x21-\x7e]{1,255}$/.test(idempotencyKey) ? idempotencyKey : null
}

/** A message as the body has it: files in base64, all else as the kit knows it. */
function written({ content, ...message }: OutgoingMessage): object {
  if (content.type !== 'email') return { ...message, content }
  const attachments = content.attachments.map(({ bytes, ...file }) => ({ ...file, base64: toBase64(bytes) }))
  return { ...message, content: { ...content, attachments } }
}

function capabilitiesOf(settings: z.output<typeof optionsSchema>, url: string): ChannelCapabilities {
  const { kind, receipts, batchSize, connections, timeoutMs } = settings
  return {
    kind,
    addressing: settings.addressing,
    reachesPeople: settings.reachesPeople,
    account: settings.account ?? `webhook-${toHex(sha256(utf8(url))).slice(0, 16)}`,
    window: batchSize * connections,
    batchSize,
    receipts,
    receiptWindowMs: settings.receiptWindowMs ?? (receipts.length === 0 ? 0 : DAY_MS),
    idempotencyKeys: true,
    // what is left after the request is done for
    callTimeoutMs: timeoutMs + 1_000,
    maxMessageBytes: settings.maxMessageBytes ?? (kind === 'push' ? PUSH_BYTES : 100_000),
    price: settings.price ?? null,
    accountPace: settings.accountPace ?? null,
  }
}
