import type { HtmlReader } from '../ports/html-reader.js'
import { linksOf } from './html/links.js'
import { looksOf } from './html/looks.js'
import { createTextOf } from './html/text.js'

/**
 * Reads HTML with htmlparser2 and html-to-text, as a browser would: no malformed HTML is refused.
 *
 * Text: links as `text [url]`, images as their alternative text, headings as they are written, no wrapping; what is
 * hidden (`hidden`, `display:none`) is left out, and Liquid stays as it is. Links: also those in conditional comments
 * for Outlook, since Outlook shows them; none in other comments, scripts and styles. Looks: by `style`, `color` and
 * `bgcolor` attributes over black on white.
 *
 * @throws TEMPLATE_INVALID (from `toText`) when elements are nested too deeply to be read
 */
export function createHtmlReader(): HtmlReader {
  return { toText: createTextOf(), links: linksOf, looks: looksOf }
}
