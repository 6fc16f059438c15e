import { compile, type HtmlToTextOptions } from 'html-to-text'
import { CampaignKitError } from '../../base/error.js'
import { liquidSpans } from './liquid-spans.js'

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const HIDDEN = ['title', '[hidden]', '[style*="display:none" i]', '[style*="display: none" i]']

/** Cells of tables, which in mail are there for the layout. */
const ON_ITS_OWN_LINE = { leadingLineBreaks: 1, trailingLineBreaks: 1 }

const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  selectors: [
    ...HEADINGS.map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    ...['td', 'th'].map((selector) => ({ selector, format: 'block', options: ON_ITS_OWN_LINE })),
    { selector: 'img', format: 'alternativeText' },
    ...HIDDEN.map((selector) => ({ selector, format: 'skip' })),
  ],
  formatters: {
    alternativeText(element, _walk, builder) {
      builder.addInline(element.attribs.alt ?? '')
    },
  },
}

/** Characters of private use; between them a piece of Liquid is a number while HTML is read. */
const BEGIN = '\u{F0000}'
const END = '\u{F0001}'
const MARKED = /\u{F0000}(\d+)\u{F0001}/gu
const MARKS = /[\u{F0000}\u{F0001}]/gu

/** Compiles the reader once; the result turns HTML into text. */
export function createTextOf(): (html: string) => string {
  const convert = compile(OPTIONS)

  return (html) => {
    const { marked, pieces } = markLiquid(html)
    try {
      return convert(marked).replace(MARKED, (_mark, index: string) => pieces[Number(index)] ?? '')
    } catch (cause) {
      // the one thing that it cannot read is a tree deeper than the stack
      throw new CampaignKitError('TEMPLATE_INVALID', 'The HTML is nested too deeply to be read', {
        path: 'html',
        cause,
      })
    }
  }
}

function markLiquid(html: string): { readonly marked: string; readonly pieces: readonly string[] } {
  const pieces: string[] = []
  let marked = ''
  let copied = 0
  const mark = (piece: string): string => `${BEGIN}${pieces.push(piece) - 1}${END}`
  for (const { start, end } of liquidSpans(html)) {
    marked += html.slice(copied, start).replace(MARKS, mark) + mark(html.slice(start, end))
    copied = end
  }
  return { marked: marked + html.slice(copied).replace(MARKS, mark), pieces }
}
