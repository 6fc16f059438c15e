import { CampaignKitError } from '../base/error.js'
import type { HtmlReader } from '../ports/html-reader.js'
import { decodeEntities } from './html-text.js'
import { cleanLink, type LinkKind, linkKind } from './links.js'
import { maskComments } from './mask-html.js'
import { invalidTemplate, placeAt } from './template.js'
import { htmlEngine } from './template-engine.js'

/** A link in a template of html that something must happen to when it is filled in. */
export interface TemplateLink {
  readonly start: number
  readonly end: number
  /** Whether it may be tracked; all else is only checked. */
  readonly trackable: boolean
  /** Whether what comes out can lead anywhere, since the template does not fix how it begins. */
  readonly open: boolean
  /** Whether it stands in quotes. */
  readonly quoted: boolean
}

/**
 * The links of a template: those of `a` and `area`, and every other `href` whose beginning is filled in.
 *
 * @param masked - the source as `maskHtml` gives it
 * @throws LINK_NOT_ALLOWED for one that begins with anything but http, https, mailto, tel, cid, `#` or Liquid;
 * TEMPLATE_INVALID for Liquid that begins inside a link and ends outside
 */
export function findLinks(
  source: string,
  masked: string,
  reader: HtmlReader,
  path: string,
): readonly TemplateLink[] {
  const links = reader.links(masked).map(({ start, end }) => readLink(source, start, end, path))
  const seen = new Set(links.map(({ start }) => start))
  const others = hrefsOf(maskComments(masked))
    .filter(({ start, end }) => !seen.has(start) && beginsOpen(source.slice(start, end)))
    .map(({ start, end }) => ({ ...readLink(source, start, end, path), trackable: false }))
  return [...links, ...others]
    .filter((link) => link.trackable || link.open)
    .toSorted((a, b) => a.start - b.start)
}

function readLink(source: string, start: number, end: number, path: string): TemplateLink {
  const written = source.slice(start, end)
  const open = beginsOpen(written)
  const kind = open ? 'web' : allowedKind(written, source, start, path)
  if (!isWhole(written)) {
    throw invalidTemplate(path, 'Liquid that begins in a link must end in it', placeAt(source, start))
  }
  return { start, end, trackable: kind === 'web', open, quoted: /["']/.test(source.charAt(start - 1)) }
}

function allowedKind(written: string, source: string, start: number, path: string): LinkKind {
  const clean = cleanLink(decodeEntities(written))
  const kind = linkKind(clean)
  if (kind !== null || clean === '') return kind
  throw new CampaignKitError(
    'LINK_NOT_ALLOWED',
    `${path}: a link is not absolute http, https, mailto or tel`,
    {
      path,
      details: { ...placeAt(source, start), link: written.slice(0, 200) },
    },
  )
}

function isWhole(written: string): boolean {
  if (!/\{[{%]/.test(written)) return true
  try {
    htmlEngine.parse(written)
    return true
  } catch {
    return false
  }
}

function beginsOpen(written: string): boolean {
  return /^\s*\{[{%]/.test(written)
}

/** Values of all `href` attributes, also of a second one in the same element, which a reader of html passes over. */
function hrefsOf(masked: string): readonly { readonly start: number; readonly end: number }[] {
  const found = masked.matchAll(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi)
  return [...found].map((match) => {
    const value = match[1] ?? match[2] ?? match[3] ?? ''
    const quote = match[3] === undefined ? 1 : 0
    const end = match.index + match[0].length - quote
    return { start: end - value.length, end }
  })
}
