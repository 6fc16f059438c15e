import { RenderRefusal } from './render-refusal.js'
import { type UtmParameters, withUtm } from './utm.js'
import type { RenderView } from './view.js'

/** What a link leads to; null when it is none that a message may carry. */
export type LinkKind = 'web' | 'other' | null

/** A link as browsers read it: without line breaks and tabs, nor blanks and control characters at its ends. */
export function cleanLink(link: string): string {
  return link
    .replace(/[\t\r\n]/g, '')
    .replace(/^[\s\p{Cc}]+/u, '')
    .trimEnd()
}

/**
 * Absolute http and https are `web`; mailto, tel, cid and places in the same document `other`. A link with a user in it
 * (`https://bank.example@evil.example`) is none: people take its user for its host.
 */
export function linkKind(clean: string): LinkKind {
  if (/^https?:\/\/[^\s/?#\\@][^/?#\\@]*(?:[/?#\\]|$)/i.test(clean)) return 'web'
  return /^(?:mailto:|tel:|cid:|#)/i.test(clean) ? 'other' : null
}

/** What becomes of a web link of a message beside being checked. */
export interface LinkTreatment {
  readonly tracked: boolean
  /** Parameters that it is given; null for none. */
  readonly utm: UtmParameters | null
}

/**
 * The link that a message carries for one that was filled in. Nothing stays nothing. The links of
 * unsubscribing and of preferences and the coupon's own are neither tracked nor given parameters.
 *
 * @throws RenderRefusal when it leads elsewhere than {@link linkKind} allows
 */
export function finishLink(link: string, view: RenderView, { tracked, utm }: LinkTreatment): string {
  const clean = cleanLink(link)
  if (clean === '') return clean
  const kind = linkKind(clean)
  if (kind === null) throw new RenderRefusal('link')
  if (kind !== 'web' || isOwn(clean, view)) return clean
  const tagged = utm === null ? clean : withUtm(clean, utm)
  return tracked ? view.track(tagged) : tagged
}

function isOwn(link: string, { unsubscribeUrl, preferencesUrl, oneClickUrl, coupon }: RenderView): boolean {
  return [unsubscribeUrl, preferencesUrl, oneClickUrl, coupon?.link].includes(link)
}
