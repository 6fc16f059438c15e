import type { MessageAttachment, OutgoingMessage, RenderedMessage } from '@campaignkit/core/adapter'
import { hasInvisible, type Mailbox, parseAddress, parseMailbox } from './mailbox.js'

export type Email = Extract<RenderedMessage, { type: 'email' }>

/** A message that may be written, or the stable word for why not. */
export type CheckedMail =
  | {
      readonly type: 'sound'
      readonly message: OutgoingMessage
      readonly content: Email
      readonly to: Mailbox
      readonly replyTo: Mailbox | null
    }
  | { readonly type: 'refused'; readonly code: string }

export type SoundMail = Extract<CheckedMail, { type: 'sound' }>

/** RFC 5322, section 2.1.1: 998 characters a line, without room to spare for the CRLF. */
const MAX_HEADER_LINE = 998
const MAX_SUBJECT = 998
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,75}$/
const OWN_HEADERS =
  /^(?:from|to|cc|bcc|sender|reply-to|return-path|subject|date|message-id|mime-version|content-.*|received|references|resent-.*|dkim-signature|x-smtpapi|x-sg-.*)$/i
const CONTENT_TYPE = /^[A-Za-z0-9][\w.+-]{0,126}\/[A-Za-z0-9][\w.+-]{0,126}$/
const CONTENT_ID = /^[\w.+@$%-]{1,200}$/

/** Reads a message for either transport. Whatever would let a value break out of its header is refused. */
export function checkMail(
  identity: { readonly replyTo: Mailbox | null },
  message: OutgoingMessage,
): CheckedMail {
  const { content } = message
  if (content.type !== 'email') return refused('content-not-email')
  const to = parseAddress(message.to)
  if (to === null) return refused('address-invalid')
  const replyTo = content.replyTo === null ? identity.replyTo : parseMailbox(content.replyTo)
  const fault = faultOf(content, replyTo)
  return fault === null ? { type: 'sound', message, content, to, replyTo } : refused(fault)
}

function refused(code: string): CheckedMail {
  return { type: 'refused', code }
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
