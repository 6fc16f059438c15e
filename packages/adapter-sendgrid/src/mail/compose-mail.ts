import type { MessageAttachment, OutgoingMessage, RenderedMessage } from '@campaignkit/core/adapter'
import MimeNode from 'nodemailer/lib/mime-node'
import { hasInvisible, isAscii, type Mailbox, parseAddress, parseMailbox } from './mailbox.js'
import { mimeBody } from './mime-body.js'
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
}

type Email = Extract<RenderedMessage, { type: 'email' }>

/** RFC 5322, section 2.1.1: 998 characters a line, without room to spare for the CRLF. */
const MAX_HEADER_LINE = 998
const MAX_SUBJECT = 998
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,75}$/
const OWN_HEADERS =
  /^(?:from|to|cc|bcc|sender|reply-to|return-path|subject|date|message-id|mime-version|content-.*|received|references|resent-.*|dkim-signature|x-smtpapi)$/i
const CONTENT_TYPE = /^[A-Za-z0-9][\w.+-]{0,126}\/[A-Za-z0-9][\w.+-]{0,126}$/
const CONTENT_ID = /^[\w.+@$%-]{1,200}$/

/**
 * Writes a message as MIME (RFC 5322, 2045-2047): subject, names and addresses encoded by nodemailer, the body by us.
 * Whatever would let a value break out of its header is refused.
 */
export function composeMail(identity: MailIdentity, message: OutgoingMessage): ComposedMail {
  const { content } = message
  if (content.type !== 'email') return refused('content-not-email')
  const to = parseAddress(message.to)
  if (to === null) return refused('address-invalid')
  const replyTo = content.replyTo === null ? identity.replyTo : parseMailbox(content.replyTo)
  const fault = faultOf(content, replyTo)
  if (fault !== null) return refused(fault)
  const messageId = messageIdOf(message, identity.from)
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
  if (identity.smtpApi) head.setHeader('X-SMTPAPI', { prepared: true, value: xSmtpApi(message) })
  const top = Buffer.from(`${head.buildHeaders()}\r\n${body.headers}\r\n`)
  return { type: 'mail', to, messageId, bytes: Buffer.concat([top, body.content]) }
}

function refused(code: string): ComposedMail {
  return { type: 'refused', code }
}

/** The same for every look at one attempt, with no trace of the person. */
function messageIdOf(message: OutgoingMessage, from: Mailbox): string {
  const local = message.attemptId.replaceAll(
    /[^A-Za-z0-9.-]/g,
    (unit) => `_${unit.charCodeAt(0).toString(16)}_`,
  )
  return `<${local}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`
}

function faultOf(content: Email, replyTo: Mailbox | null): string | null {
  if (hasInvisibleBut(content.subject) || content.subject.length > MAX_SUBJECT) return 'subject-invalid'
  if (content.replyTo !== null && (replyTo === null || replyTo.needsUtf8)) return 'reply-to-invalid'
  if (hasHeaderFault(Object.entries(content.headers))) return 'header-invalid'
  return content.attachments.every(isSound) ? null : 'attachment-invalid'
}

/** Joiners and direction marks belong to emoji and to right-to-left text; line breaks and controls to nobody. */
function hasInvisibleBut(text: string): boolean {
  return hasInvisible(text.replaceAll(/\p{Cf}/gu, ''))
}

function hasHeaderFault(headers: readonly (readonly [string, string])[]): boolean {
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  return names.size < headers.length || headers.some(([name, value]) => !isHeaderSound(name, value))
}

function isHeaderSound(name: string, value: string): boolean {
  if (!HEADER_NAME.test(name) || OWN_HEADERS.test(name)) return false
  if (value.trim() === '' || hasInvisibleBut(value)) return false
  return name.length + 2 + value.length <= MAX_HEADER_LINE
}

function isSound(file: MessageAttachment): boolean {
  if (!CONTENT_TYPE.test(file.contentType) || hasInvisible(file.filename) || file.filename.length > 255)
    return false
  return file.contentId === undefined || CONTENT_ID.test(file.contentId)
}
