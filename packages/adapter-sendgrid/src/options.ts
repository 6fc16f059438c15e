import { accountNameSchema, messagePriceSchema, paceSchema } from '@campaignkit/core/adapter'
import * as z from 'zod'
import { type ApiKeys, isKey } from './accounts.js'
import { type Mailbox, parseMailbox } from './mail/mailbox.js'
import type { Fetch } from './web-api/post.js'

const MAX_TIMEOUT_MS = 3_600_000
const timeoutSchema = z.int().min(10).max(MAX_TIMEOUT_MS)
const secretSchema = z.string().refine(isKey, 'must be printable ASCII without spaces')
const callSchema = z.custom<(...given: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)

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

/** The strict schema of {@link WebApiOptions}. */
export const webApiSchema = z.strictObject({
  fetch: callSchema.exactOptional(),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://api.sendgrid.com'),
  sandbox: z.boolean().default(false),
  batchSize: z.int().min(1).max(1_000).default(1_000),
  requestTimeoutMs: timeoutSchema.default(30_000),
})

const apiKeySchema = z.union([
  secretSchema,
  callSchema,
  z.record(z.string(), secretSchema).refine((keys) => Object.keys(keys).length > 0, 'names no tenant'),
])

/** The strict schema of {@link SendgridChannelOptions}. */
export const optionsSchema = z
  .strictObject({
    apiKey: apiKeySchema.exactOptional(),
    smtp: smtpSchema.exactOptional(),
    transport: z.enum(['smtp', 'web-api']).default('smtp'),
    webApi: webApiSchema.exactOptional(),
    from: senderSchema,
    replyTo: senderSchema.exactOptional(),
    connections: z.int().min(1).max(1_000).default(5),
    streamTimeoutMs: timeoutSchema.default(120_000),
    smtpApi: z.boolean().exactOptional(),
    providerTracking: z
      .strictObject({ clicks: z.boolean().default(false), opens: z.boolean().default(false) })
      .default({ clicks: false, opens: false }),
    price: messagePriceSchema.exactOptional(),
    accountPace: paceSchema.exactOptional(),
    account: accountNameSchema.exactOptional(),
    reachesPeople: z.boolean().default(true),
    maxMessageBytes: z.int().min(1_000).max(100_000_000).default(30_000_000),
    clock: z
      .custom<{ now(): number }>((value) => typeof value === 'object' && value !== null)
      .exactOptional(),
  })
  .refine((options) => (options.apiKey === undefined) !== (options.smtp === undefined), {
    message: 'give either apiKey or smtp',
    path: ['apiKey'],
  })
  .refine(({ smtp }) => (smtp?.user === undefined) === (smtp?.pass === undefined), {
    message: 'user and pass go together',
    path: ['smtp', 'pass'],
  })
  .refine(({ transport, smtp }) => transport === 'smtp' || smtp === undefined, {
    message: 'the Web API takes no SMTP server',
    path: ['transport'],
  })
  .refine(({ transport, webApi }) => transport === 'web-api' || webApi === undefined, {
    message: 'is for the transport web-api',
    path: ['webApi'],
  })
  .refine(
    ({ account, apiKey }) => account === undefined || apiKey === undefined || typeof apiKey === 'string',
    {
      message: 'tenants with keys of their own have accounts of their own',
      path: ['account'],
    },
  )

/** What {@link createSendgridChannel} needs: either API keys of SendGrid, or any other SMTP server. */
export interface SendgridChannelOptions {
  /**
   * Key of a SendGrid account; or of several, by tenant, in a record or a function that is asked with each call. A tenant
   * without one is refused as misconfigured.
   */
  readonly apiKey?: ApiKeys
  /** An SMTP server in place of SendGrid's relay. */
  readonly smtp?: SmtpServerOptions
  /** How SendGrid is reached: its SMTP relay, port 587, always over TLS, or its Web API v3. @default smtp */
  readonly transport?: 'smtp' | 'web-api'
  /** What differs for the Web API. */
  readonly webApi?: WebApiOptions
  /** Whom messages are from: `hi@pizza.example` or `Pizzeria <hi@pizza.example>`. */
  readonly from: string
  /** Where answers go, unless the message names somebody. @default the sender */
  readonly replyTo?: string
  /**
   * Connections, or requests of the Web API, open at once: 1 to 1,000. Over SMTP that is the window of the channel.
   *
   * @default 5
   */
  readonly connections?: number
  /** Milliseconds that one message may take over SMTP, from its first command to the answer: 10 to 3,600,000. @default 120000 */
  readonly streamTimeoutMs?: number
  /** Whether ids go along in SendGrid's X-SMTPAPI header, by which its events find their delivery. @default with apiKey */
  readonly smtpApi?: boolean
  /**
   * Whether SendGrid rewrites links and adds a pixel to count clicks and opens itself: in messages of campaigns in which
   * the kit does not count the same by links and a pixel of its own (`tracking` of a campaign).
   *
   * @default neither
   */
  readonly providerTracking?: { readonly clicks?: boolean; readonly opens?: boolean }
  /** What messages cost: `amountMinor` minor units of `currency` for `per` messages. @default unknown */
  readonly price?: { readonly amountMinor: number; readonly per: number; readonly currency: string }
  /** At most `limit` messages in any `periodMs` (1 second to 1 day) of the account as a whole. @default no limit */
  readonly accountPace?: { readonly limit: number; readonly periodMs: number }
  /** Names the account whose limits are shared. @default a fingerprint of the key, or of server and user */
  readonly account?: string
  /** False when the server delivers to nobody, such as a mailbox in a test. @default true, but not in the sandbox */
  readonly reachesPeople?: boolean
  /** Largest message, or request of the Web API, in bytes as it goes over the wire: 1,000 to 100,000,000. @default 30000000 */
  readonly maxMessageBytes?: number
  /** Tells how long it is until the instants that the Web API names. @default the machine's */
  readonly clock?: { now(): number }
}

/** How the Web API v3 is spoken to. */
export interface WebApiOptions {
  /** Makes the requests. @default the global fetch, whose connections are kept and shared */
  readonly fetch?: Fetch
  /** `https://api.eu.sendgrid.com` for subusers in the EU. @default https://api.sendgrid.com */
  readonly baseUrl?: string
  /** Has requests checked and nothing sent; there are no receipts then. @default false */
  readonly sandbox?: boolean
  /** Messages of one request at most: 1 to 1,000. @default 1000 */
  readonly batchSize?: number
  /** Milliseconds that a request may take: 10 to 3,600,000. @default 30000 */
  readonly requestTimeoutMs?: number
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
