import { Tokenizer } from 'htmlparser2'
import type { HtmlLink } from '../../ports/html-reader.js'
import { liquidSpans } from './liquid-spans.js'

/** A comment whose content Outlook reads as HTML: `<!--[if mso]> ... <![endif]-->`. */
const CONDITIONAL = /^\[if\s[^\]>]*\]>/i

/** Values of `href` of each `a` and `area`, with the offsets at which they stand in the source. */
export function linksOf(html: string): readonly HtmlLink[] {
  const links: HtmlLink[] = []
  for (const { start, end } of hrefsOf(withoutLiquid(html), hrefsOfComment))
    links.push({ start, end, raw: html.slice(start, end) })
  return links
}

/**
 * The same text with each piece of Liquid overwritten, so that its quotes and brackets mean nothing in HTML: an output
 * by letters, since it stands for text; a tag by blanks, since it may stand between attributes.
 */
function withoutLiquid(html: string): string {
  let masked = ''
  let copied = 0
  for (const { start, end } of liquidSpans(html)) {
    const filler = html[start + 1] === '{' ? 'x' : ' '
    masked += html.slice(copied, start) + filler.repeat(end - start)
    copied = end
  }
  return masked + html.slice(copied)
}

interface Span {
  readonly start: number
  readonly end: number
}

/** @param ofComment - the hrefs inside a comment */
function hrefsOf(html: string, ofComment: (comment: string) => readonly Span[]): readonly Span[] {
  const hrefs: Span[] = []
  let isLink = false
  let isHref = false
  let value: Span | null = null
  const ignore = () => undefined

  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname(start, end) {
        isLink = /^(?:a|area)$/i.test(html.slice(start, end))
      },
      onattribname(start, end) {
        isHref = isLink && html.slice(start, end).toLowerCase() === 'href'
        value = null
      },
      onattribdata(start, end) {
        value = { start: value?.start ?? start, end }
      },
      onattribend() {
        if (isHref && value !== null) hrefs.push(value)
      },
      oncomment(start, end, endOffset) {
        for (const inner of ofComment(html.slice(start, end - endOffset))) {
          hrefs.push({ start: start + inner.start, end: start + inner.end })
        }
      },
      onattribentity: ignore,
      oncdata: ignore,
      onclosetag: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onopentagend: ignore,
      onprocessinginstruction: ignore,
      onselfclosingtag: ignore,
      ontext: ignore,
      ontextentity: ignore,
    },
  )
  tokenizer.write(html)
  tokenizer.end()
  return hrefs
}

/** Comments do not nest. */
function hrefsOfComment(comment: string): readonly Span[] {
  const condition = CONDITIONAL.exec(comment)?.[0]
  if (condition === undefined) return []
  return hrefsOf(comment.slice(condition.length), () => []).map(({ start, end }) => ({
    start: start + condition.length,
    end: end + condition.length,
  }))
}
