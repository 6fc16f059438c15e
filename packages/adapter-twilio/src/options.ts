import { type Clock, createSystemClock } from '@campaignkit/core'
import {
  accountNameSchema,
  type ChannelCapabilities,
  checkInput,
  DAY_MS,
  type DurationMs,
  type Instant,
  isE164,
  messagePriceSchema,
  paceSchema,
  parseUrl,
  type Scope,
  sha256,
  toHex,
  utf8,
} from '@campaignkit/core/adapter'
import * as z from 'zod'
import type { TwilioClient } from './twilio-client.js'

/** Tells when the person at a number last wrote to us on WhatsApp; null for never. */
export type LastInboundAt = (scope: Scope, to: string) => Promise<Instant | null>

/** What {@link createTwilioChannel} needs. */
export interface TwilioChannelOptions {
  /** The client of the package `twilio`, or one like it. */
  readonly client: TwilioClient
  readonly kind: 'sms' | 'whatsapp'
  /** The sender: a number in E.164 form; for SMS also a short code or an alphanumeric sender ID. */
  readonly from?: string
  /** A Messaging Service, which chooses the sender, instead of `from`: `MG` and 32 hexadecimal digits. */
  readonly messagingServiceSid?: string
  /**
   * Where {@link createTwilioReceipts} is served: an http or https URL whose host has no underscore, which
   * Twilio refuses. Each message names it with its delivery, so that a callback finds it even where the answer to the create
   * was lost.
   *
   * @default none: Twilio says nothing of what becomes of messages
   */
  readonly statusCallback?: string
  /** Writes quotes, dashes and the like in GSM-7 where that makes the whole text fit: SMS alone. @default false */
  readonly transliterate?: boolean
  /** Segments that one SMS may have, 1 to 24; a longer one is refused, and told by preflight. @default 24, which 1,600 characters never exceed */
  readonly maxSegments?: number
  /** WhatsApp: when the person last wrote. Free text goes out within 24 hours of it, else the template. @default never */
  readonly lastInboundAt?: LastInboundAt
  /** What a segment of SMS, or a message of WhatsApp, costs: `amountMinor` minor units for `per` of them. @default unknown */
  readonly price?: { readonly amountMinor: number; readonly per: number; readonly currency: string }
  /** At most `limit` segments, of WhatsApp messages, in any `periodMs` of the account as a whole. @default no limit */
  readonly accountPace?: { readonly limit: number; readonly periodMs: number }
  /** Names the account whose limits are shared. @default the client's account and the sender */
  readonly account?: string
  /** Creates in flight at once: 1 to 1,000. @default 20 */
  readonly concurrency?: number
  /** Milliseconds after which a create without an answer is in doubt: 10 to 600,000. @default 40000 */
  readonly timeoutMs?: DurationMs
  /** How long after a create a callback may still tell what became of it, in milliseconds. @default 1 day */
  readonly receiptWindowMs?: DurationMs
  /** False when the client's other end delivers to nobody. @default true */
  readonly reachesPeople?: boolean
  /** @default the system's */
  readonly clock?: Clock
}

const optionsSchema = z
  .strictObject({
    client: z.custom<TwilioClient>(isClient, 'expected a client that creates messages'),
    kind: z.enum(['sms', 'whatsapp']),
    from: z.string().min(1).max(64).exactOptional(),
    messagingServiceSid: z
      .string()
      .regex(/^MG[0-9a-fA-F]{32}$/, 'expected MG and 32 hexadecimal digits')
      .exactOptional(),
    statusCallback: z
      .string()
      .max(2_000)
      .refine(isWebUrl, 'expected an http or https URL without a fragment, whose host has no underscore')
      .exactOptional(),
    transliterate: z.boolean().default(false),
    maxSegments: z.int().min(1).max(24).default(24),
    lastInboundAt: z
      .custom<LastInboundAt>((value) => typeof value === 'function', 'expected a function')
      .exactOptional(),
    price: messagePriceSchema.exactOptional(),
    accountPace: paceSchema.exactOptional(),
    account: accountNameSchema.exactOptional(),
    concurrency: z.int().min(1).max(1_000).default(20),
    timeoutMs: z.int().min(10).max(600_000).default(40_000),
    receiptWindowMs: z
      .int()
      .min(1)
      .max(30 * DAY_MS)
      .default(DAY_MS),
    reachesPeople: z.boolean().default(true),
    clock: z
      .custom<Clock>((value) => typeof value === 'object' && value !== null, 'expected a clock')
      .exactOptional(),
  })
  .refine(({ from, messagingServiceSid }) => (from === undefined) !== (messagingServiceSid === undefined), {
    message: 'give either from or messagingServiceSid',
    path: ['from'],
  })
  .refine(({ kind, from }) => from === undefined || isSender(kind, from), {
    message: 'expected a number in E.164 form, or for SMS a short code or sender ID',
    path: ['from'],
  })
  .refine(({ kind, transliterate }) => kind === 'sms' || !transliterate, {
    message: 'only for sms',
    path: ['transliterate'],
  })
  .refine(({ kind, lastInboundAt }) => kind === 'whatsapp' || lastInboundAt === undefined, {
    message: 'only for whatsapp',
    path: ['lastInboundAt'],
  })

/** The options, read once. */
export interface ChannelSettings {
  readonly capabilities: ChannelCapabilities
  readonly client: TwilioClient
  readonly kind: 'sms' | 'whatsapp'
  readonly sender: { readonly from: string } | { readonly messagingServiceSid: string }
  readonly statusCallback: string | null
  readonly transliterate: boolean
  readonly maxSegments: number
  readonly lastInboundAt: LastInboundAt | null
  readonly timeoutMs: DurationMs
  readonly clock: Clock
}

/** 1,600 characters of four bytes, which is more than any message has. */
const MOST_BYTES = 6_400

/** @throws INVALID_INPUT and UNKNOWN_FIELD with the path of the option */
export function parseOptions(given: TwilioChannelOptions): ChannelSettings {
  // a client that is frozen cannot make its connections
  const options = checkInput(optionsSchema, given)
  const { client, kind, from, messagingServiceSid = '', statusCallback } = options
  const tells = statusCallback !== undefined
  return {
    client,
    kind,
    sender:
      from === undefined ? { messagingServiceSid } : { from: kind === 'sms' ? from : `whatsapp:${from}` },
    statusCallback: statusCallback ?? null,
    transliterate: options.transliterate,
    maxSegments: options.maxSegments,
    lastInboundAt: options.lastInboundAt ?? null,
    timeoutMs: options.timeoutMs,
    clock: options.clock ?? createSystemClock(),
    capabilities: {
      kind,
      addressing: 'person',
      reachesPeople: options.reachesPeople,
      account: options.account ?? fingerprint(client, kind, from ?? messagingServiceSid),
      window: options.concurrency,
      batchSize: 1,
      receipts: tells ? receiptsOf(kind) : [],
      receiptWindowMs: tells ? options.receiptWindowMs : 0,
      idempotencyKeys: false,
      callTimeoutMs: 2 * options.timeoutMs,
      maxMessageBytes: MOST_BYTES,
      price: options.price ?? null,
      accountPace: options.accountPace ?? null,
    },
  }
}

/** `unsubscribed` comes with error 21610, and by the person's own words. */
function receiptsOf(kind: 'sms' | 'whatsapp'): ChannelCapabilities['receipts'] {
  const ofBoth = [
    'accepted',
    'delivered',
    'bounced',
    'blocked',
    'dropped',
    'unsubscribed',
    'replied',
  ] as const
  return kind === 'sms' ? ofBoth : [...ofBoth, 'opened']
}

function isClient(value: unknown): boolean {
  const messages = typeof value === 'object' && value !== null && 'messages' in value ? value.messages : null
  const holds = (typeof messages === 'object' && messages !== null) || typeof messages === 'function'
  return holds && 'create' in messages && typeof messages.create === 'function'
}

/** An alphanumeric sender ID has 1 to 11 letters, digits, blanks and `+ - _ &`, a letter among them. */
function isSender(kind: 'sms' | 'whatsapp', from: string): boolean {
  if (isE164(from)) return true
  if (kind === 'whatsapp') return false
  return /^\d{3,8}$/.test(from) || (/^[A-Za-z0-9 +\-_&]{1,11}$/.test(from) && /[A-Za-z]/.test(from))
}

function isWebUrl(text: string): boolean {
  const url = parseUrl(text)
  if (url === null) return false
  const { protocol, hash, hostname } = url
  return (protocol === 'https:' || protocol === 'http:') && hash === '' && !hostname.includes('_')
}

function fingerprint({ accountSid }: TwilioClient, kind: string, sender: string): string {
  return `twilio-${toHex(sha256(utf8(`${accountSid ?? ''}\n${kind}\n${sender}`))).slice(0, 16)}`
}
