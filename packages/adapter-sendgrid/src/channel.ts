import type { Channel, OutgoingMessage, SendResult } from '@campaignkit/core/adapter'
import { composeMail } from './mail/compose-mail.js'
import { type ChannelSettings, parseOptions, type SendgridChannelOptions } from './options.js'
import { classifySmtp } from './smtp/classify-smtp.js'
import { createSmtpConnections, type SmtpConnections } from './smtp/smtp-connections.js'

/**
 * Makes the e-mail channel: over SendGrid's SMTP relay with an API key, or over any SMTP server.
 *
 * One attempt is one conversation. `transient`, `permanent`, `throttled` and `misconfigured` are given only when the
 * server cannot have taken the message; an answer that stays away after the end of the message is `unknown`. Codes are
 * `smtp-` with the reply codes (`smtp-550-5.1.1`), `smtp-refused`, `smtp-dns`, `smtp-timeout`, `smtp-closed`,
 * `smtp-tls`, `smtp-certificate`, `smtp-protocol`, `smtp-auth-unsupported`, `smtputf8-unsupported`,
 * `message-too-large`, `address-invalid`, `subject-invalid`, `reply-to-invalid`, `header-invalid`,
 * `attachment-invalid`, `content-not-email`, `aborted` and `closed`.
 *
 * A signal that aborts stops messages that wait for a connection; one that was begun is seen through.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD for an option, with its path
 *
 * @example
 * ```ts
 * import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
 * const email = createSendgridChannel({ apiKey: 'SG.example', from: 'Pizzeria <hi@pizza.example>' })
 * ```
 */
export function createSendgridChannel(options: SendgridChannelOptions): Channel {
  const settings = parseOptions(options)
  const connections = createSmtpConnections(settings.server, settings.capabilities.window)
  return {
    capabilities: settings.capabilities,
    send: (_scope, batch, call) =>
      Promise.all(batch.map((message) => sendOne(settings, connections, message, call?.signal))),
    close: () => connections.close(),
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
