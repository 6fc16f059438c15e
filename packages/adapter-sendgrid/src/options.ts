import {
  type ChannelCapabilities,
  DAY_MS,
  paceSchema,
  parseInput,
  sha256,
  toHex,
  utf8,
} from '@campaignkit/core/adapter'
import * as z from 'zod'
import type { MailIdentity } from './mail/compose-mail.js'
import { type Mailbox, parseMailbox } from './mail/mailbox.js'
import type { SmtpServerSettings } from './smtp/smtp-conversation.js'

const MAX_TIMEOUT_MS = 3_600_000
const timeoutSchema = z.int().min(10).max(MAX_TIMEOUT_MS)
const secretSchema = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')

/** A mailbox of the sender: its local part is ASCII, so that every server takes it. */
const senderSchema = z.string().transform((text, context): Mailbox => {
  const mailbox = parseMailbox(text)
  if (mailbox !== null && !mailbox.needsUtf8) return mailbox
  context.addIssue({ code: 'custom', message: 'expected one address, such as Pizzeria <hi@pizza.example>' })
  return z.NEVER
})

const smtpSchema = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:-]+$/, 'expected a host name or an IP address'),
  port: z.int().min(1).max(65_535),
  secure: z.boolean().exactOptional(),
  user: z.string().min(1).max(1_000).exactOptional(),
  pass: z.string().min(1).max(1_000).exactOptional(),
  requireTls: z.boolean().exactOptional(),
  tls: z.strictObject({ rejectUnauthorized: z.boolean().exactOptional() }).exactOptional(),
  timeouts: z
    .strictObject({
      connectMs: timeoutSchema.exactOptional(),
      greetingMs: timeoutSchema.exactOptional(),
      silenceMs: timeoutSchema.exactOptional(),
    })
    .exactOptional(),
})

const optionsSchema = z
  .strictObject({
    apiKey: secretSchema.exactOptional(),
    smtp: smtpSchema.exactOptional(),
    from: senderSchema,
    replyTo: senderSchema.exactOptional(),
    connections: z.int().min(1).max(1_000).default(5),
    streamTimeoutMs: timeoutSchema.default(120_000),
    smtpApi: z.boolean().exactOptional(),
    price: z
      .strictObject({
        amountMinor: z.int().min(0),
        per: z.int().min(1),
        currency: z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code in capitals'),
      })
      .exactOptional(),
    accountPace: paceSchema.exactOptional(),
    account: z
      .string()
      .regex(/^[\w.:-]{1,128}$/, 'expected 1 to 128 letters, digits and . : _ -')
      .exactOptional(),
    reachesPeople: z.boolean().default(true),
    maxMessageBytes: z.int().min(1_000).max(100_000_000).default(30_000_000),
  })
  .refine((options) => (options.apiKey === undefined) !== (options.smtp === undefined), {
    message: 'give either apiKey or smtp',
    path: ['apiKey'],
  })
  .refine(({ smtp }) => (smtp?.user === undefined) === (smtp?.pass === undefined), {
    message: 'user and pass go together',
    path: ['smtp', 'pass'],
  })

/** What {@link createSendgridChannel} needs: either an API key for SendGrid's relay, or any other SMTP server. */
export interface SendgridChannelOptions {
  /** Key of a SendGrid account; messages go through its SMTP relay, port 587, always over TLS. */
  readonly apiKey?: string
  /** An SMTP server in place of SendGrid's relay. */
  readonly smtp?: SmtpServerOptions
  /** Whom messages are from: `hi@pizza.example` or `Pizzeria <hi@pizza.example>`. */
  readonly from: string
  /** Where answers go, unless the message names somebody. @default the sender */
  readonly replyTo?: string
  /** Connections open at once, which is the window of the channel: 1 to 1,000. @default 5 */
  readonly connections?: number
  /** Milliseconds that one message may take from its first command to the answer: 10 to 3,600,000. @default 120000 */
  readonly streamTimeoutMs?: number
  /** Whether ids go along in SendGrid's X-SMTPAPI header, by which its events find their delivery. @default with apiKey */
  readonly smtpApi?: boolean
  /** What messages cost: `amountMinor` minor units of `currency` for `per` messages. @default unknown */
  readonly price?: { readonly amountMinor: number; readonly per: number; readonly currency: string }
  /** At most `limit` messages in any `periodMs` (1 second to 1 day) of the account as a whole. @default no limit */
  readonly accountPace?: { readonly limit: number; readonly periodMs: number }
  /** Names the account whose limits are shared. @default a fingerprint of the key, or of server and user */
  readonly account?: string
  /** False when the server delivers to nobody, such as a mailbox in a test. @default true */
  readonly reachesPeople?: boolean
  /** Largest message in bytes, as it goes over the wire: 1,000 to 100,000,000. @default 30000000 */
  readonly maxMessageBytes?: number
}

/** An SMTP server and how to speak to it. */
export interface SmtpServerOptions {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; without it STARTTLS is used when offered. @default only on port 465 */
  readonly secure?: boolean
  readonly user?: string
  readonly pass?: string
  /** Whether to refuse a connection that cannot be secured. @default true with a password, else false */
  readonly requireTls?: boolean
  /** `rejectUnauthorized: false` takes any certificate: for tests alone. */
  readonly tls?: { readonly rejectUnauthorized?: boolean }
  /** Milliseconds to connect, to be greeted (30,000 each), and to bear silence (60,000): 10 to 3,600,000. */
  readonly timeouts?: {
    readonly connectMs?: number
    readonly greetingMs?: number
    readonly silenceMs?: number
  }
}

/** The options, read once: what each part of the channel works with. */
export interface ChannelSettings {
  readonly capabilities: ChannelCapabilities
  readonly identity: MailIdentity
  readonly server: SmtpServerSettings
}

const RELAY = { host: 'smtp.sendgrid.net', port: 587, user: 'apikey' }
const RELAY_RECEIPTS: ChannelCapabilities['receipts'] = [
  'accepted',
  'deferred',
  'delivered',
  'bounced',
  'blocked',
  'dropped',
  'opened',
  'clicked',
  'complained',
  'unsubscribed',
]
/** SendGrid gives up on a message after three days. */
const RELAY_RECEIPT_WINDOW_MS = 3 * DAY_MS

/** @throws INVALID_INPUT and UNKNOWN_FIELD with the path of the option */
export function parseOptions(given: SendgridChannelOptions): ChannelSettings {
  const options = parseInput(optionsSchema, given)
  const isRelay = options.apiKey !== undefined
  const server = serverSettings(options)
  return {
    server,
    identity: {
      from: options.from,
      replyTo: options.replyTo ?? null,
      smtpApi: options.smtpApi ?? isRelay,
    },
    capabilities: {
      kind: 'email',
      addressing: 'person',
      reachesPeople: options.reachesPeople,
      account: options.account ?? fingerprint(isRelay ? 'sendgrid' : 'smtp', server),
      window: options.connections,
      batchSize: 1,
      receipts: isRelay ? RELAY_RECEIPTS : [],
      receiptWindowMs: isRelay ? RELAY_RECEIPT_WINDOW_MS : 0,
      idempotencyKeys: false,
      // connecting and sending are each bounded by it
      callTimeoutMs: 2 * options.streamTimeoutMs,
      maxMessageBytes: options.maxMessageBytes,
      price: options.price ?? null,
      accountPace: options.accountPace ?? null,
    },
  }
}

function serverSettings(options: z.output<typeof optionsSchema>): SmtpServerSettings {
  const smtp: z.output<typeof smtpSchema> = options.smtp ?? { ...RELAY, pass: options.apiKey ?? '' }
  const { timeouts, tls, secure, requireTls } = smtp
  const credentials =
    smtp.user === undefined || smtp.pass === undefined ? null : { user: smtp.user, pass: smtp.pass }
  return {
    host: smtp.host,
    port: smtp.port,
    secure: secure ?? smtp.port === 465,
    requireTls: requireTls ?? credentials !== null,
    rejectUnauthorized: tls?.rejectUnauthorized ?? true,
    credentials,
    connectTimeoutMs: timeouts?.connectMs ?? 30_000,
    greetingTimeoutMs: timeouts?.greetingMs ?? 30_000,
    silenceTimeoutMs: timeouts?.silenceMs ?? 60_000,
    streamTimeoutMs: options.streamTimeoutMs,
  }
}

/** SendGrid's user is `apikey` for everybody, so there the key tells accounts apart; it cannot be read out of this. */
function fingerprint(prefix: 'sendgrid' | 'smtp', server: SmtpServerSettings): string {
  const { host, port, credentials } = server
  const told = prefix === 'sendgrid' ? credentials?.pass : credentials?.user
  return `${prefix}-${toHex(sha256(utf8(`${host}\n${port}\n${told ?? ''}`))).slice(0, 16)}`
}
