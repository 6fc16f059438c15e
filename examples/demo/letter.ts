import type { FakeMessage, MailboxMessage } from '@campaignkit/adapter-sendgrid/testing'
import type { OutgoingMessage } from '@campaignkit/core/adapter'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'

/** A message in somebody's inbox, not opened yet. */
export interface Letter {
  readonly to: string
  read(): Promise<LetterText>
}

/** What a mail program shows. */
export interface LetterText {
  readonly subject: string
  readonly html: string
  readonly text: string
  /** The picture of the QR code, a PNG. */
  readonly picture: Uint8Array | null
}

/** A message that came over the wire: its MIME is read by a parser that had no part in writing it. */
export function letterOfMail(message: MailboxMessage): Letter {
  return {
    to: message.to,
    async read() {
      const { subject, html, text, attachments } = await message.parsed()
      const picture = attachments.find(({ contentType }) => contentType === 'image/png')
      return { subject, html: html ?? '', text: text ?? '', picture: picture?.bytes ?? null }
    },
  }
}

/** A message that SendGrid put together. */
export function letterOfApi({ to, subject, html, text, attachments }: FakeMessage): Letter {
  return {
    to,
    async read() {
      const picture = attachments.find(({ type }) => type === 'image/png')
      const bytes = picture === undefined ? null : Buffer.from(picture.content, 'base64')
      return { subject, html: html ?? '', text: text ?? '', picture: bytes }
    },
  }
}

/** A message that a recording channel kept. */
export function letterOfRecord({ to, content }: OutgoingMessage): Letter {
  return {
    to,
    async read() {
      if (content.type !== 'email') throw new TypeError('The demo sends e-mail')
      const picture = content.attachments.find(({ contentType }) => contentType === 'image/png')
      return {
        subject: content.subject,
        html: content.html ?? '',
        text: content.text,
        picture: picture?.bytes ?? null,
      }
    },
  }
}

/** The customer number that stands in every message of the demo, as in those of real shops. */
export function customerNumber({ text }: LetterText): string {
  return find(/^Customer number: (.+)$/m, text)
}

/** The coupon code as people read it out. */
export function couponCode({ text }: LetterText): string {
  return find(/\b[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}\b/, text)
}

/** Where the link to the menu leads: through the kit, which counts the click. */
export function menuLink({ html }: LetterText): string {
  return find(/href="(https:\/\/[^"]+\/c\/[^"]+)"/, html)
}

/** The picture that tells that a message was opened. */
export function openPixel({ html }: LetterText): string {
  return find(/src="(https:\/\/[^"]+\/o\/[^"]+)"/, html)
}

/** The page on which offers can be refused. */
export function unsubscribeLink({ html }: LetterText): string {
  return find(/href="(https:\/\/[^"]+\/u\/[^"]+)"/, html)
}

/** What a camera sees in the picture of the QR code; null when it sees none. */
export function scanPicture(picture: Uint8Array): string | null {
  const { data, width, height } = PNG.sync.read(Buffer.from(picture))
  return jsQR(new Uint8ClampedArray(data), width, height)?.data ?? null
}

function find(pattern: RegExp, text: string): string {
  const found = pattern.exec(text)
  const value = found?.[1] ?? found?.[0]
  if (value === undefined) throw new Error(`The message has nothing like ${pattern.source}`)
  return value.replaceAll('&amp;', '&')
}
