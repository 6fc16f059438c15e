import { createSystemClock } from '@campaignkit/core'
import { type ChannelCapabilities, DAY_MS, parseInput } from '@campaignkit/core/adapter'
import type * as z from 'zod'
import { type Accounts, type ApiKeys, createAccounts, fingerprint } from './accounts.js'
import type { MailIdentity } from './mail/compose-mail.js'
import { optionsSchema, type SendgridChannelOptions, webApiSchema } from './options.js'
import type { SmtpServerSettings } from './smtp/smtp-conversation.js'
import type { Fetch } from './web-api/post.js'
import type { WebApiSettings } from './web-api/web-api.js'

/** The options, read once: what each part of the channel works with. */
export interface ChannelSettings {
  readonly capabilities: ChannelCapabilities
  readonly identity: MailIdentity
  /** Accounts of SendGrid; null for another server. */
  readonly accounts: Accounts | null
  /** The server, with the key of an account of SendGrid where it is one. */
  readonly serverFor: (key: string) => SmtpServerSettings
  /** Null over SMTP. */
  readonly webApi: WebApiSettings | null
}

type Options = z.output<typeof optionsSchema>

const RELAY = { host: 'smtp.sendgrid.net', port: 587, user: 'apikey' }
const SENDGRID_RECEIPTS: ChannelCapabilities['receipts'] = [
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
  'resubscribed',
]
/** SendGrid gives up on a message after three days. */
const SENDGRID_RECEIPT_WINDOW_MS = 3 * DAY_MS
const MOST_IN_FLIGHT = 1_000

/** @throws INVALID_INPUT and UNKNOWN_FIELD with the path of the option */
export function parseOptions(given: SendgridChannelOptions): ChannelSettings {
  const options = parseInput(optionsSchema, given)
  const isSendgrid = options.apiKey !== undefined
  // checked by the schema to be a function where it is one; what it gives is checked with each call
  const accounts = isSendgrid ? createAccounts(options.apiKey as ApiKeys) : null
  const webApi = options.transport === 'web-api' ? webApiSettings(options) : null
  return {
    accounts,
    webApi,
    serverFor: (key) => serverSettings(options, key),
    identity: {
      from: options.from,
      replyTo: options.replyTo ?? null,
      smtpApi: options.smtpApi ?? isSendgrid,
      tracking: options.providerTracking,
    },
    capabilities: {
      kind: 'email',
      addressing: 'person',
      reachesPeople: options.reachesPeople && webApi?.sandbox !== true,
      account: accountName(options),
      ...flightOf(options, webApi),
      receipts: isSendgrid && webApi?.sandbox !== true ? SENDGRID_RECEIPTS : [],
      receiptWindowMs: isSendgrid && webApi?.sandbox !== true ? SENDGRID_RECEIPT_WINDOW_MS : 0,
      idempotencyKeys: false,
      maxMessageBytes: options.maxMessageBytes,
      price: options.price ?? null,
      accountPace: options.accountPace ?? null,
    },
  }
}

function flightOf(
  { connections, streamTimeoutMs }: Options,
  webApi: WebApiSettings | null,
): Pick<ChannelCapabilities, 'window' | 'batchSize' | 'callTimeoutMs'> {
  // connecting and sending are each bounded by it
  if (webApi === null) return { window: connections, batchSize: 1, callTimeoutMs: 2 * streamTimeoutMs }
  const { batchSize, requestTimeoutMs } = webApi
  return {
    window: Math.min(MOST_IN_FLIGHT, connections * batchSize),
    batchSize,
    // a request is begun within the first timeout and over within the second
    callTimeoutMs: 2 * requestTimeoutMs,
  }
}

function webApiSettings(options: Options): WebApiSettings {
  const { fetch, baseUrl, sandbox, batchSize, requestTimeoutMs } = webApiSchema.parse(options.webApi ?? {})
  const clock = options.clock ?? createSystemClock()
  return {
    from: options.from,
    replyTo: options.replyTo ?? null,
    tracking: options.providerTracking,
    sandbox,
    baseUrl,
    batchSize,
    requestTimeoutMs,
    requests: options.connections,
    maxMessageBytes: options.maxMessageBytes,
    // asked for with each request, so that a host may put another in its place later
    fetch: (fetch as Fetch | undefined) ?? ((url, init) => globalThis.fetch(url, init)),
    now: () => clock.now(),
  }
}

function serverSettings(options: Options, key: string): SmtpServerSettings {
  const smtp = options.smtp ?? { ...RELAY, pass: key }
  const { timeouts, tls, secure, requireTls }: NonNullable<Options['smtp']> = smtp
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

/** The account of everybody; with keys by tenant it stands for none in particular. */
function accountName({ account, apiKey, smtp }: Options): string {
  if (account !== undefined) return account
  if (smtp !== undefined) return fingerprint('smtp', `${smtp.host}\n${smtp.port}\n${smtp.user ?? ''}`)
  return typeof apiKey === 'string' ? fingerprint('sendgrid', apiKey) : 'sendgrid-by-tenant'
}
