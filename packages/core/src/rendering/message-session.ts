import type { ChannelKind } from '../model/channel-kind.js'
import type { MessageAttachment } from '../ports/channel.js'
import type { RenderSession } from './message-context.js'
import { type QrEmbedding, qrFigure } from './qr-figure.js'
import type { Template } from './template.js'
import type { UtmParameters } from './utm.js'
import { variablesOf } from './variables.js'
import type { RenderView } from './view.js'

/** The filling in of one message, part by part. */
export interface MessageSession {
  readonly locale: string
  /**
   * @param slots - html for the places that the kit made
   * @throws TEMPLATE_RENDER_FAILED
   */
  render(template: Template, slots?: RenderSession['slots']): string
  /** What the parts that were rendered so far refer to. */
  attachments(): readonly MessageAttachment[]
}

/** Begins a message: its variables are made once for all its parts. */
export function openSession(
  view: RenderView,
  channel: ChannelKind,
  embedding: QrEmbedding,
  utm: UtmParameters | null,
): MessageSession {
  const locale = view.locale ?? view.customer.locale ?? 'en'
  const { coupon } = view
  const qr = coupon === null ? null : qrFigure(coupon, embedding, plainQr(coupon, channel))
  const variables = variablesOf(view, locale, qr?.value ?? null)
  return {
    locale,
    render: (template, slots = {}) => template.render(variables, { view, locale, utm, slots }),
    attachments: () => qr?.attachments() ?? [],
  }
}

/** A text message has no room for more than the link. */
function plainQr(
  { code, link }: { readonly code: string; readonly link: string },
  channel: ChannelKind,
): string {
  return channel === 'sms' ? link : `${code}\n${link}`
}
