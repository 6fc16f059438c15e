/** A link in a piece of HTML. */
export interface HtmlLink {
  /** Offsets of the attribute's value in the source, quotes left out. */
  readonly start: number
  readonly end: number
  /** The value as it is written, entities undecoded. */
  readonly raw: string
}

/** Reads HTML that a marketer wrote; Liquid in it is plain text to the reader. */
export interface HtmlReader {
  /** Readable plain text of the same content, links written out. */
  toText(html: string): string
  /** `href` values of `a` and `area` elements, in order. */
  links(html: string): readonly HtmlLink[]
}
