import { CampaignKitError } from '../base/error.js'
import type { RenderedMessage } from '../ports/channel.js'
import type { HtmlReader } from '../ports/html-reader.js'
import { deriveText, tidyText } from './derive-text.js'
import { finishHtml } from './finish-html.js'
import { escapeHtml } from './html-text.js'
import { type MessageSession, openSession } from './message-session.js'
import { oneLine } from './one-line.js'
import type { QrEmbedding } from './qr-figure.js'
import { RenderRefusal } from './render-refusal.js'
import { replyToOf } from './reply-to.js'
import { type Template, tokensOf } from './template.js'
import { NO_WAYS_OUT, waysOut } from './unsubscribe.js'
import { usesVariable } from './used-variables.js'
import type { UtmParameters } from './utm.js'
import type { RenderView } from './view.js'

/** What becomes of an e-mail besides its templates. */
export interface EmailOptions {
  readonly html: HtmlReader
  /** Adds the unsubscribe link and the header fields of RFC 8058. */
  readonly marketing: boolean
  /** Only links of the html: text parts and other channels keep theirs as they are written. */
  readonly trackClicks: boolean
  /** Given to the same links, tracked or not, and to the link of a notice. */
  readonly utm: UtmParameters | null
  /** Puts an image of one pixel at the end of the html. */
  readonly trackOpens: boolean
  readonly qrEmbedding: QrEmbedding
}

/** The parsed parts of an e-mail; html, text or both are there. */
export interface EmailTemplates {
  readonly subject: Template
  readonly html?: Template
  readonly text?: Template
  readonly preheader?: Template
  readonly replyTo?: Template
}

type RenderedEmail = Extract<RenderedMessage, { type: 'email' }>

const HIDDEN =
  'display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all;font-size:1px;line-height:1px'

/**
 * Prepares an e-mail: html with tracked links, preheader, footer and pixel; a text part; header fields.
 *
 * @throws LINK_NOT_ALLOWED, TEMPLATE_INVALID, INVALID_INPUT
 */
export function compileEmail(
  templates: EmailTemplates,
  options: EmailOptions,
): (view: RenderView) => RenderedEmail {
  const { subject, html, preheader, replyTo } = templates
  if (replyTo !== undefined) checkReplyTo(replyTo)
  const finished = html === undefined ? null : finishHtml(html, options.html, options)
  const textOf = textRenderer(templates, options.html)
  const tracked = { clicks: options.trackClicks, opens: options.trackOpens }
  const hasOwnWayOut = html !== undefined && usesVariable(html, 'unsubscribeUrl')

  return (view) => {
    const session = openSession(view, 'email', options.qrEmbedding, options.utm)
    const out = options.marketing ? waysOut(view, session.locale) : NO_WAYS_OUT
    const htmlWith = (template: Template, footer: string) =>
      session.render(template, {
        preheader: preheader === undefined ? '' : hidden(session.render(preheader)),
        footer,
        pixel: options.trackOpens ? pixel(view.openPixelUrl) : '',
      })
    const wholeHtml = (template: Template): string => {
      const filled = htmlWith(template, hasOwnWayOut ? '' : out.htmlFooter)
      // its own link may stand under a condition that does not hold
      return out.isIn(filled) ? filled : htmlWith(template, out.htmlFooter)
    }
    const wholeText = (filled: string): string => (out.isIn(filled) ? filled : filled + out.textFooter)
    return {
      type: 'email',
      subject: oneLine(session.render(subject)),
      html: finished === null ? null : wholeHtml(finished),
      text: wholeText(textOf(session)),
      replyTo: replyTo === undefined ? null : filledReplyTo(session.render(replyTo)),
      headers: out.headers,
      attachments: session.attachments(),
      ...(tracked.clicks || tracked.opens ? { tracked } : {}),
    }
  }
}

/** The text part: the one that is given, else derived from the html, once if possible, else from each message's own. */
function textRenderer(
  { html, text }: EmailTemplates,
  reader: HtmlReader,
): (session: MessageSession) => string {
  if (text !== undefined) return (session) => session.render(text)
  if (html === undefined) return () => ''
  const derived = deriveText(html, reader)
  if (derived !== null) return (session) => tidyText(session.render(derived))
  return (session) => tidyText(reader.toText(session.render(html)))
}

function hidden(preheader: string): string {
  const line = oneLine(preheader)
  return line === '' ? '' : `<div style="${HIDDEN}">${escapeHtml(line)}</div>`
}

function pixel(url: string | null): string {
  if (url === null) return ''
  return `<img src="${escapeHtml(url)}" width="1" height="1" alt="" style="display:block;border:0">`
}

function filledReplyTo(text: string): string | null {
  if (oneLine(text) === '') return null
  const mailbox = replyToOf(text)
  if (mailbox === null) throw new RenderRefusal('replyTo')
  return mailbox
}

/** One without Liquid is known to be wrong before anybody gets it. */
function checkReplyTo({ source, path }: Template): void {
  if (tokensOf(source).length > 0 || oneLine(source) === '' || replyToOf(source) !== null) return
  throw new CampaignKitError('INVALID_INPUT', `${path}: not one mailbox`, { path })
}
