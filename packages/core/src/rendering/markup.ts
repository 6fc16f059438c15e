import { Drop, toValue } from 'liquidjs'
import { escapeHtml } from './html-text.js'

/** A value of a template that knows how it stands in html; everywhere else it is the text `plain`. */
export class Markup extends Drop {
  readonly #plain: string
  readonly #html: () => string

  constructor(plain: string, html: () => string) {
    super()
    this.#plain = plain
    this.#html = html
  }

  /** What comparisons and filters see. */
  override valueOf(): string {
    return this.#plain
  }

  /** Safe to stand in html as it is. */
  html(): string {
    return this.#html()
  }
}

/** A value as text: nothing for what is absent and for objects, the elements of a list one after the other. */
export function textOf(value: unknown): string {
  const plain: unknown = toValue(value)
  if (typeof plain === 'string') return plain
  if (plain === null || plain === undefined) return ''
  if (Array.isArray(plain)) return plain.map(textOf).join('')
  return typeof plain === 'object' || typeof plain === 'function' ? '' : String(plain)
}

/** A value in html, escaped unless it is {@link Markup}. */
export function htmlOf(value: unknown): string {
  return value instanceof Markup ? value.html() : escapeHtml(textOf(value))
}
