import { utf8 } from '../base/bytes.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { RenderedMessage } from '../ports/channel.js'

/** From this size on Gmail shows the beginning of an html part and a link to the rest: 102 KB. */
export const GMAIL_CLIP_BYTES = 102 * 1024

/** Fields and boundaries that a mail has in any case. */
const ENVELOPE_BYTES = 1_500
const PART_BYTES = 200
const EQUALS = 61
/** 76 characters and a line break. */
const LINE_RATIO = 78 / 76

/** Whether Gmail would cut the html part off. */
export function clipsInGmail(html: string): boolean {
  return utf8(html).length > GMAIL_CLIP_BYTES
}

/** About how many bytes a message is on the wire: an e-mail as MIME, all else as UTF-8. */
export function messageBytes(message: RenderedMessage): number {
  switch (message.type) {
    case 'email':
      return emailBytes(message)
    case 'text':
      return utf8(message.body + Object.values(message.template?.variables ?? {}).join('')).length
    default:
      return noticeBytes(message)
  }
}

/** Most bytes of a push payload: Firebase Cloud Messaging and APNs take no more. */
export const PUSH_PAYLOAD_BYTES = 4_096

/** How many bytes of a limit a message takes: a push as the JSON of its payload, all else as {@link messageBytes}. */
export function bytesOn(channel: ChannelKind, message: RenderedMessage): number {
  if (channel !== 'push' || message.type !== 'notice') return messageBytes(message)
  const { title, body, link, image, data } = message
  const payload = { title, body, ...(link === null ? {} : { link }), ...(image === null ? {} : { image }) }
  return utf8(JSON.stringify(data === undefined ? payload : { ...payload, data })).length
}

/**
 * Most bytes of a message: what its channel takes, and of a push never more than {@link PUSH_PAYLOAD_BYTES}.
 *
 * @param maxMessageBytes - of the channel's capabilities
 */
export function mostBytesOn(channel: ChannelKind, maxMessageBytes: number): number {
  return channel === 'push' ? Math.min(maxMessageBytes, PUSH_PAYLOAD_BYTES) : maxMessageBytes
}

function noticeBytes({
  title,
  body,
  link,
  image,
  data,
}: Extract<RenderedMessage, { type: 'notice' }>): number {
  const texts = `${title}${body}${link ?? ''}${image ?? ''}`
  return utf8(data === undefined ? texts : texts + JSON.stringify(data)).length
}

function emailBytes(message: Extract<RenderedMessage, { type: 'email' }>): number {
  const fields = Object.entries(message.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = utf8(`${message.subject}${message.replyTo ?? ''}${fields.join('')}`).length
  const parts = [message.text, message.html ?? ''].filter((part) => part !== '').map(encodedBytes)
  const files = message.attachments.map(({ bytes }) => base64Bytes(bytes.length))
  const bodies = [...parts, ...files].reduce((sum, size) => sum + size + PART_BYTES, 0)
  return ENVELOPE_BYTES + head + bodies
}

/** Quoted-printable (RFC 2045, section 6.7) or base64, whichever is shorter. */
function encodedBytes(text: string): number {
  const bytes = utf8(text)
  let quoted = 0
  // an index, since `reduce` and `for of` take three to seven times as long over a letter
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte > 126 || byte === EQUALS) quoted += 1
  }
  return Math.min(Math.ceil((bytes.length + 2 * quoted) * LINE_RATIO), base64Bytes(bytes.length))
}

function base64Bytes(length: number): number {
  return Math.ceil(Math.ceil(length / 3) * 4 * LINE_RATIO)
}
