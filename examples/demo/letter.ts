import type { FakeMessage, MailboxMessage } from '@campaignkit/adapter-sendgrid/testing'
import type { FakeTwilioMessage } from '@campaignkit/adapter-twilio/testing'
import type { OutgoingMessage } from '@campaignkit/core/adapter'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'

/** A message in somebody's inbox, not opened yet. */
export interface Letter {
  readonly to: string
  read(): Promise<LetterText>
}

/** What a mail program or a phone shows. */
export interface LetterText {
  readonly to: string
  /** The first line of a message that has none. */
  readonly subject: string
  /** Empty where there is only text. */
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
      return { to: message.to, subject, html: html ?? '', text: text ?? '', picture: picture?.bytes ?? null }
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
      return { to, subject, html: html ?? '', text: text ?? '', picture: bytes }
    },
  }
}

/** A message that Twilio brought to a phone. */
export function letterOfText({ to, body }: FakeTwilioMessage): Letter {
  const text = body ?? ''
  return {
    to,
    read: () => Promise.resolve({ to, subject: text.split('\n')[0] ?? '', html: '', text, picture: null }),
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
        to,
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

/** Where the link to the menu leads: through the kit, which counts the click; null in a text message, which has its own. */
export function menuLink({ html }: LetterText): string | null {
  return html === '' ? null : find(/href="(https:\/\/[^"]+\/c\/[^"]+)"/, html)
}

/** The picture that tells that a message was opened; null in a text message. */
export function openPixel({ html }: LetterText): string | null {
  return html === '' ? null : find(/src="(https:\/\/[^"]+\/o\/[^"]+)"/, html)
}

/** The page on which offers can be refused; null in a text message, which is answered with a word. */
export function unsubscribeLink({ html }: LetterText): string | null {
  return html === '' ? null : find(/href="(https:\/\/[^"]+\/u\/[^"]+)"/, html)
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
