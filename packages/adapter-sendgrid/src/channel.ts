import type { Channel, OutgoingMessage, Scope, SendResult } from '@campaignkit/core/adapter'
import { composeMail } from './mail/compose-mail.js'
import type { SendgridChannelOptions } from './options.js'
import { type ChannelSettings, parseOptions } from './settings.js'
import { classifySmtp } from './smtp/classify-smtp.js'
import { createSmtpConnections, type SmtpConnections } from './smtp/smtp-connections.js'
import { createWebApi, type WebApiSettings } from './web-api/web-api.js'

/**
 * Makes the e-mail channel: over SendGrid's SMTP relay or its Web API v3, with API keys, or over any SMTP server.
 *
 * Over SMTP one attempt is one conversation. Over the Web API a call is as few requests as its messages allow: those whose
 * bodies differ only by what substitutions carry share one, up to 1,000. `transient`, `permanent`, `throttled` and
 * `misconfigured` are given only when the message cannot have been taken; an answer that stays away after the end of the
 * message is `unknown`. Codes are `smtp-` with the reply codes (`smtp-550-5.1.1`), `smtp-` or `http-` with `refused`, `dns`,
 * `timeout`, `closed`, `tls` or `certificate`, `smtp-protocol`, `smtp-auth-unsupported`, `http-` with the status,
 * `address-refused`, `sender-refused`, `sender-unverified`, `credits-exceeded`, `api-key-missing`, `smtputf8-unsupported`,
 * `message-too-large`, `address-invalid`, `subject-invalid`, `content-empty`, `reply-to-invalid`, `header-invalid`,
 * `attachment-invalid`, `content-not-email`, `not-called`, `aborted` and `closed`.
 *
 * A signal that aborts stops messages that wait for a connection; one that was begun is seen through.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD for an option, with its path
 *
 * @example
 * ```ts
 * import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
 * const email = createSendgridChannel({
 *   apiKey: { pizzeria: 'SG.one', bakery: 'SG.two' },
 *   transport: 'web-api',
 *   from: 'Pizzeria <hi@pizza.example>',
 * })
 * console.log(email.capabilities.batchSize) // 1000
 * ```
 */
export function createSendgridChannel(options: SendgridChannelOptions): Channel {
  const settings = parseOptions(options)
  const { capabilities, accounts, webApi } = settings
  const way = webApi === null ? smtpWay(settings) : webApiWay(webApi)
  const hasOwnAccounts = accounts !== null && typeof options.apiKey !== 'string'
  return {
    capabilities,
    ...(hasOwnAccounts ? { accountOf: (scope: Scope) => accounts.accountOf(scope) } : {}),
    async send(scope, batch, call) {
      const key = accounts === null ? '' : accounts.keyOf(scope)
      if (key === null)
        return batch.map((): SendResult => ({ outcome: 'misconfigured', code: 'api-key-missing' }))
      return way.send(key, batch, call?.signal)
    },
    close: () => way.close(),
  }
}

/** How messages get to the provider. */
interface Way {
  send(
    key: string,
    batch: readonly OutgoingMessage[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SendResult[]>
  close(): Promise<void>
}

function webApiWay(settings: WebApiSettings): Way {
  const webApi = createWebApi(settings)
  return {
    send: (key, batch, signal) => webApi.send({ key, batch, signal }),
    close: () => webApi.close(),
  }
}

function smtpWay(settings: ChannelSettings): Way {
  const byKey = new Map<string, SmtpConnections>()
  let isClosed = false
  const connectionsFor = (key: string): SmtpConnections => {
    const known =
      byKey.get(key) ?? createSmtpConnections(settings.serverFor(key), settings.capabilities.window)
    byKey.set(key, known)
    return known
  }
  return {
    async send(key, batch, signal) {
      if (isClosed) return batch.map((): SendResult => ({ outcome: 'transient', code: 'closed' }))
      const connections = connectionsFor(key)
      return Promise.all(batch.map((message) => sendOne(settings, connections, message, signal)))
    },
    async close() {
      isClosed = true
      await Promise.all([...byKey.values()].map((connections) => connections.close()))
    },
  }
}

async function sendOne(
  settings: ChannelSettings,
  connections: SmtpConnections,
  message: OutgoingMessage,
  signal: AbortSignal | undefined,
): Promise<SendResult> {
  const mail = composeMail(settings.identity, message)
  if (mail.type === 'refused') return { outcome: 'permanent', code: mail.code }
  if (mail.bytes.length > settings.capabilities.maxMessageBytes) {
    return { outcome: 'permanent', code: 'message-too-large' }
  }
  const { address, needsUtf8 } = mail.to
  const from = settings.identity.from.address
  const outcome = await connections.send({ from, to: address, needsUtf8, bytes: mail.bytes }, signal)
  switch (outcome.type) {
    case 'accepted':
      return {
        outcome: 'accepted',
        providerMessageId: outcome.serverMessageId ?? queueIdOf(outcome.reply) ?? mail.messageId,
      }
    case 'aborted':
    case 'closed':
      return { outcome: 'transient', code: outcome.type }
    default:
      return classifySmtp(outcome)
  }
}

/** SendGrid says `250 Ok: queued as ID`, and its events carry that id. */
function queueIdOf(reply: string): string | null {
  return /queued as ([\w.-]{1,200})(?![\w.@-])/i.exec(reply)?.[1] ?? null
}
