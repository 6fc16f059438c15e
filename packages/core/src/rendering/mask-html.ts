import type { LiquidToken } from './template.js'

/**
 * The html of a template, character by character at the same offsets, without what is no html yet: values are
 * letters, tags blanks, and so are Liquid's comments and `raw` blocks with all that stands in them.
 */
export function maskHtml(source: string, tokens: readonly LiquidToken[]): string {
  let masked = ''
  let at = 0
  for (const { start, end, tag } of visible(tokens)) {
    masked += source.slice(at, start) + (tag === null ? 'x' : ' ').repeat(end - start)
    at = end
  }
  return masked + source.slice(at)
}

interface Span {
  readonly start: number
  readonly end: number
  readonly tag: string | null
}

const HIDING = ['comment', 'raw']

/** A block whose content is not to be read as html counts as one long tag. */
function visible(tokens: readonly LiquidToken[]): readonly Span[] {
  const spans: Span[] = []
  let hidden: LiquidToken | null = null
  for (const token of tokens) {
    if (hidden === null && token.tag !== null && HIDING.includes(token.tag)) hidden = token
    else if (hidden === null) spans.push(token)
    else if (token.tag === `end${hidden.tag}`) {
      spans.push({ start: hidden.start, end: token.end, tag: hidden.tag })
      hidden = null
    }
  }
  return spans
}

/** Html with its comments as blanks, at the same offsets. */
export function maskComments(html: string): string {
  let masked = ''
  let at = 0
  for (let start = html.indexOf('<!--'); start >= 0; start = html.indexOf('<!--', at)) {
    const close = html.indexOf('-->', start + 4)
    if (close < 0) break
    masked += html.slice(at, start) + ' '.repeat(close + 3 - start)
    at = close + 3
  }
  return masked + html.slice(at)
}
