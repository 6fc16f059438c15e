import type { OutgoingMessage } from '@campaignkit/core/adapter'
import MimeNode from 'nodemailer/lib/mime-node'
import { checkMail } from './check-mail.js'
import { isAscii, type Mailbox } from './mailbox.js'
import { messageIdOf } from './message-id.js'
import { mimeBody } from './mime-body.js'
import { type ProviderTracking, trackingOf } from './provider-tracking.js'
import { xSmtpApi } from './x-smtpapi.js'

/** A message as it goes over the wire, or the stable word for why it cannot. */
export type ComposedMail =
  | { readonly type: 'mail'; readonly to: Mailbox; readonly messageId: string; readonly bytes: Buffer }
  | { readonly type: 'refused'; readonly code: string }

/** What every message of a channel has in common. */
export interface MailIdentity {
  readonly from: Mailbox
  readonly replyTo: Mailbox | null
  /** Whether SendGrid's X-SMTPAPI header goes along. */
  readonly smtpApi: boolean
  /** What the host wants SendGrid to count. */
  readonly tracking: ProviderTracking
}

/**
 * Writes a message as MIME (RFC 5322, 2045-2047): subject, names and addresses encoded by nodemailer, the body by us.
 * Whatever would let a value break out of its header is refused.
 */
export function composeMail(identity: MailIdentity, message: OutgoingMessage): ComposedMail {
  const checked = checkMail(identity, message)
  if (checked.type === 'refused') return checked
  const { content, to, replyTo } = checked
  const messageId = messageIdOf(message, identity.from.address)
  const body = mimeBody(content.html, content.text, content.attachments)
  const head = new MimeNode()
  head.setHeader('From', { ...identity.from })
  head.setHeader('To', { ...to })
  if (replyTo !== null) head.setHeader('Reply-To', { ...replyTo })
  head.setHeader('Subject', content.subject)
  head.setHeader('Message-ID', messageId)
  for (const [name, value] of Object.entries(content.headers)) {
    // an ASCII value goes as it stands: unfolded, so that nothing cuts a link that is signed or clicked
    head.setHeader(name, isAscii(value) ? { prepared: true, value } : value)
  }
  if (identity.smtpApi) {
    const value = xSmtpApi(message, trackingOf(identity.tracking, content))
    head.setHeader('X-SMTPAPI', { prepared: true, value })
  }
  const top = Buffer.from(`${head.buildHeaders()}\r\n${body.headers}\r\n`)
  return { type: 'mail', to, messageId, bytes: Buffer.concat([top, body.content]) }
}
