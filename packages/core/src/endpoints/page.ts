import { escapeHtml } from '../rendering/html-text.js'
import { PAGE_STYLE, PAGE_STYLE_SOURCE } from './page-style.js'
import type { EndpointTexts } from './texts.js'

const POLICY = [
  "default-src 'none'",
  `style-src ${PAGE_STYLE_SOURCE}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Header fields of every answer: nobody keeps it, frames it, takes it in, guesses its type or learns the link from it. */
export const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // what older browsers know in place of frame-ancestors
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
}

/** What differs from page to page. */
export interface PageContent {
  readonly status: number
  /** Plain text. */
  readonly title: string
  /** Markup of the page's main part, all texts in it escaped. */
  readonly main: string
  /** Put on the main part, for the style. */
  readonly className?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A page that needs nothing else: no cookie, no script, no file. */
export function pageOf(texts: EndpointTexts, content: PageContent): Response {
  const { status, title, main, className, headers } = content
  const sender = texts.sender === '' ? '' : paragraph(texts.sender, 'sender')
  const html =
    `<!doctype html>\n<html lang="${escapeHtml(texts.lang)}" dir="${texts.dir}">\n<head>\n<meta charset="utf-8">\n` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    '<meta name="format-detection" content="telephone=no">\n' +
    `<title>${escapeHtml(title)}</title>\n<style>${PAGE_STYLE}</style>\n</head>\n<body>\n` +
    `<main${className === undefined ? '' : ` class="${className}"`}>\n${sender}${main}</main>\n</body>\n</html>\n`
  return new Response(html, {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      vary: 'accept-language',
      ...headers,
    },
  })
}

/** A page of a heading and a sentence. */
export function noticeOf(
  texts: EndpointTexts,
  notice: Pick<PageContent, 'status' | 'title' | 'headers'> & { readonly text: string },
): Response {
  const { text, ...content } = notice
  return pageOf(texts, { ...content, main: heading(notice.title) + paragraph(text, 'quiet') })
}

/** The one answer to every link that does not work, whatever the reason. */
export function notFound(texts: EndpointTexts): Response {
  return noticeOf(texts, { status: 404, title: texts.notFoundTitle, text: texts.notFoundText })
}

/** The answer to a client that has tried out links. */
export function tooMany(texts: EndpointTexts, headers: Readonly<Record<string, string>>): Response {
  return noticeOf(texts, { status: 429, title: texts.tooManyTitle, text: texts.tooManyText, headers })
}

/** A request that is not to be answered as it stands: 405 or 413. */
export function refused(
  texts: EndpointTexts,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return noticeOf(texts, { status, title: texts.refusedTitle, text: texts.refusedText, headers })
}

/** The heading of a page. */
export function heading(text: string, className?: string): string {
  return `<h1${className === undefined ? '' : ` class="${className}"`}>${escapeHtml(text)}</h1>\n`
}

/** A paragraph of plain text. */
export function paragraph(text: string, className: string): string {
  return `<p class="${className}">${escapeHtml(text)}</p>\n`
}
