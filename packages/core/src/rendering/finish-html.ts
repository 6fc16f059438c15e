import type { HtmlReader } from '../ports/html-reader.js'
import { findLinks, type TemplateLink } from './find-links.js'
import { maskComments, maskHtml } from './mask-html.js'
import { LINK_TAG, type LinkPurpose, SLOT_TAG } from './tags.js'
import {
  compileTemplate,
  invalidTemplate,
  type LiquidToken,
  placeAt,
  type Template,
  tokensOf,
} from './template.js'
import { finishedHtmlEngine } from './template-engine.js'
import type { UtmParameters } from './utm.js'

interface Insertion {
  readonly at: number
  readonly text: string
}

/** What the kit does to every web link of `a` and `area` in an e-mail. */
export interface LinkWork {
  readonly trackClicks: boolean
  readonly utm: UtmParameters | null
}

/**
 * The template of an e-mail's html with the kit's own tags put in: links that are to be checked, tagged or tracked, the
 * preheader at the beginning of the body, footer and pixel at its end.
 *
 * @param written - the template as a person wrote it; it parses
 * @throws LINK_NOT_ALLOWED, TEMPLATE_INVALID
 */
export function finishHtml(written: Template, reader: HtmlReader, work: LinkWork): Template {
  const { source, path } = written
  const tokens = tokensOf(source)
  const masked = maskHtml(source, tokens)
  refuseQrInMarkup(source, masked, tokens, path)
  const links = findLinks(source, masked, reader, path).flatMap((link) => linkInsertions(link, work))
  const shown = maskComments(masked)
  const insertions = [
    { at: bodyStart(shown), text: `{% ${SLOT_TAG} preheader %}` },
    ...links,
    { at: bodyEnd(shown), text: `{% ${SLOT_TAG} footer %}{% ${SLOT_TAG} pixel %}` },
  ]
  return compileTemplate(finishedHtmlEngine, insertAll(source, insertions), path)
}

function linkInsertions(link: TemplateLink, work: LinkWork): readonly Insertion[] {
  const purpose = purposeOf(link, work)
  if (purpose === null) return []
  const quote = link.quoted ? '' : '"'
  return [
    { at: link.start, text: `${quote}{% ${LINK_TAG} ${purpose} %}` },
    { at: link.end, text: `{% end${LINK_TAG} %}${quote}` },
  ]
}

function purposeOf(link: TemplateLink, { trackClicks, utm }: LinkWork): LinkPurpose | null {
  if (link.trackable && trackClicks) return 'track'
  if (link.trackable && utm !== null) return 'tag'
  return link.open ? 'check' : null
}

function insertAll(source: string, insertions: readonly Insertion[]): string {
  let text = ''
  let from = 0
  for (const { at, text: inserted } of insertions.toSorted((left, right) => left.at - right.at)) {
    text += source.slice(from, at) + inserted
    from = at
  }
  return text + source.slice(from)
}

function bodyStart(masked: string): number {
  const opening = /<body(?=[\s>])[^<>]*>/i.exec(masked) ?? /<\/head\s*>/i.exec(masked)
  return opening === null ? 0 : opening.index + opening[0].length
}

function bodyEnd(masked: string): number {
  const closing = masked.toLowerCase().lastIndexOf('</body')
  return closing < 0 ? masked.length : closing
}

/** An image cannot stand in the value of an attribute. */
function refuseQrInMarkup(
  source: string,
  masked: string,
  tokens: readonly LiquidToken[],
  path: string,
): void {
  for (const { start, tag, text } of tokens) {
    if (tag !== null || !/^\{\{-?\s*qr\s*[|}-]/.test(text)) continue
    if (masked.lastIndexOf('<', start) <= masked.lastIndexOf('>', start)) continue
    throw invalidTemplate(
      path,
      '{{ qr }} makes its own image and cannot stand in an attribute',
      placeAt(source, start),
    )
  }
}
