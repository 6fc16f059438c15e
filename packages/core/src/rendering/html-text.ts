const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const MAX_CODE_POINT = 0x10ffff

/** A text as it stands in html, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? '') : text
}

/**
 * The text behind an attribute's value: numeric references and the five names of XML. Other names stay as they are,
 * since browsers too leave most of them alone in the query of a link.
 */
export function decodeEntities(html: string): string {
  if (!html.includes('&')) return html
  return html.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole
      const codePoint = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
      return codePoint > MAX_CODE_POINT ? whole : String.fromCodePoint(codePoint)
    },
  )
}
