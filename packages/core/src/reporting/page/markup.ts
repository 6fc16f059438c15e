/** Text that is HTML already. Only {@link html} makes it, so whatever is not one of these gets escaped. */
export class Markup {
  readonly #source: string

  constructor(source: string) {
    this.#source = source
  }

  toString(): string {
    return this.#source
  }
}

/** What may stand in a template: text and numbers are escaped, null is nothing, lists are joined. */
export type Part = Markup | string | number | null | readonly Part[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** Control characters, half surrogates, and marks that would turn the direction of what follows. */
const UNPRINTABLE = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/gu

function escaped(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd').replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? '')
}

function rendered(part: Part): string {
  if (part === null) return ''
  if (part instanceof Markup) return part.toString()
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return part.map(rendered).join('')
}

/**
 * A piece of HTML in which everything interpolated is escaped, for text and for quoted attributes alike. Attribute
 * values must stand in double quotes, and nothing of the outside may be an attribute's name, a URL or a style.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    template.reduce((source, text, index) => source + rendered(parts[index - 1] ?? null) + text),
  )
}

/** HTML that stands in our own source; never anything of the outside. */
export function trusted(source: string): Markup {
  return new Markup(source)
}
