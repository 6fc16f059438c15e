/** A link in a piece of HTML. */
export interface HtmlLink {
  /** Offsets of the attribute's value in the source, quotes left out. */
  readonly start: number
  readonly end: number
  /** The value as it is written, entities undecoded. */
  readonly raw: string
}

/** An image in a piece of HTML that is shown. */
export interface HtmlImage {
  /** What stands in its place; null when nothing is said, empty for one that is there for the looks alone. */
  readonly alt: string | null
}

/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** A piece of text that is shown, and what inline styles and attributes say of its looks. */
export interface HtmlText {
  readonly text: string
  /** Null when it cannot be told, as over an image. */
  readonly color: Rgb | null
  readonly background: Rgb | null
  /** Pixels; null when it cannot be told. */
  readonly size: number | null
  readonly bold: boolean
}

/** What a reader of a piece of HTML sees. */
export interface HtmlLooks {
  readonly images: readonly HtmlImage[]
  readonly texts: readonly HtmlText[]
}

/** Reads HTML that a marketer wrote; Liquid in it is plain text to the reader. */
export interface HtmlReader {
  /** Readable plain text of the same content, links written out. */
  toText(html: string): string
  /** `href` values of `a` and `area` elements, in order. */
  links(html: string): readonly HtmlLink[]
  /** Images and texts that are shown, in order; style sheets are not read. */
  looks(html: string): HtmlLooks
}
