import { toBase64 } from '../base/base64.js'
import type { MessageAttachment } from '../ports/channel.js'
import { escapeHtml } from './html-text.js'
import { Markup } from './markup.js'
import type { CouponView } from './view.js'

/** How the QR code stands in an e-mail. */
export type QrEmbedding = 'cid' | 'data' | 'link'

/** What `{{ qr }}` is in a message, and whether it was shown as an image that must go with it. */
export interface QrFigure {
  readonly value: Markup
  attachments(): readonly MessageAttachment[]
}

const CONTENT_ID = 'qr@campaignkit.invalid'
const SIDE = 200

/** Opaque and light in itself, so that a dark mode leaves it readable to a scanner. */
const CARD =
  'display:inline-block;padding:12px;background-color:#ffffff;color:#111111;text-align:center;' +
  'font-family:Arial,sans-serif;font-size:14px;line-height:1.5;color-scheme:light only'
const IMAGE = `display:block;margin:0 auto;width:${SIDE}px;height:${SIDE}px;background-color:#ffffff;border:0`

/**
 * The coupon as `{{ qr }}` shows it.
 *
 * @param plain - what it is outside html
 */
export function qrFigure(coupon: CouponView, embedding: QrEmbedding, plain: string): QrFigure {
  let shown = false
  const html = (): string => {
    shown = true
    return card(coupon, embedding)
  }
  return {
    value: new Markup(plain, html),
    attachments: () =>
      shown && embedding === 'cid'
        ? [{ filename: 'qr.png', contentType: 'image/png', bytes: coupon.png(), contentId: CONTENT_ID }]
        : [],
  }
}

/** Inline elements only: it may stand inside a paragraph. */
function card(coupon: CouponView, embedding: QrEmbedding): string {
  const code = escapeHtml(coupon.code)
  const link = escapeHtml(coupon.link)
  const source = embedding === 'data' ? dataUri(coupon.png()) : `cid:${CONTENT_ID}`
  const image = `<img src="${source}" width="${SIDE}" height="${SIDE}" alt="${code}" style="${IMAGE}">`
  return (
    `<span style="${CARD}">${embedding === 'link' ? '' : image}<strong style="font-family:monospace;color:#111111">${code}</strong><br>` +
    `<a href="${link}" style="color:#0b57d0;word-break:break-all">${link}</a></span>`
  )
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${toBase64(png)}`
}
