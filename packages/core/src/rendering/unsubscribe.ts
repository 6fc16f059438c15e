import { escapeHtml } from './html-text.js'
import { RenderRefusal } from './render-refusal.js'
import type { RenderView } from './view.js'

const WORDS: Readonly<Record<string, string>> = {
  de: 'Abmelden',
  en: 'Unsubscribe',
  es: 'Darse de baja',
  fr: 'Se désabonner',
  it: 'Annulla iscrizione',
  nl: 'Uitschrijven',
  pl: 'Wypisz się',
  pt: 'Cancelar inscrição',
}

/** The ways out of a marketing e-mail. */
export interface WaysOut {
  readonly headers: Readonly<Record<string, string>>
  readonly htmlFooter: string
  readonly textFooter: string
  /** Whether a filled-in part shows the link by itself. */
  readonly isIn: (part: string) => boolean
}

/** A message that needs no way out. */
export const NO_WAYS_OUT: WaysOut = { headers: {}, htmlFooter: '', textFooter: '', isIn: () => true }

const URL_FOR_HEADER = /^https?:\/\/[^\s<>,]+$/

/**
 * Header fields of RFC 8058 and footers with the unsubscribe link.
 *
 * @throws RenderRefusal when the view lacks one of the links: no marketing e-mail leaves without a way out
 */
export function waysOut({ unsubscribeUrl, oneClickUrl }: RenderView, locale: string): WaysOut {
  if (unsubscribeUrl === null || oneClickUrl === null || !URL_FOR_HEADER.test(oneClickUrl)) {
    throw new RenderRefusal('unsubscribeUrl')
  }
  const escaped = escapeHtml(unsubscribeUrl)
  const word = WORDS[locale.split('-')[0] ?? ''] ?? 'Unsubscribe'
  return {
    headers: {
      'List-Unsubscribe': `<${oneClickUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    htmlFooter:
      '<div style="padding:16px;text-align:center;font-family:Arial,sans-serif;font-size:12px;color:#757575">' +
      `<a href="${escaped}" style="color:#757575">${word}</a></div>`,
    textFooter: `\n\n${word}: ${unsubscribeUrl}`,
    isIn: (part) => part.includes(escaped) || part.includes(unsubscribeUrl),
  }
}
