import * as z from 'zod'
import type { Rgb } from '../ports/html-reader.js'
import { contrastRatio } from '../rendering/contrast.js'

const webAddress = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/[^\s/?#"<>]/i, 'expected an absolute http or https address')

/** The strict schema of a {@link Picture}. */
export const pictureSchema = z.strictObject({
  url: webAddress,
  /** What it shows; empty when it is there for the looks alone. */
  alt: z.string().max(200),
})

/** The strict schema of a {@link Button}: its words, and where it leads. */
export const buttonSchema = z.strictObject({ label: z.string().min(1).max(60), url: webAddress })

/** The strict schema of a {@link Brand}. */
export const brandSchema = z.strictObject({
  name: z.string().min(1).max(100),
  /** Where the name or the logo leads. */
  homepage: webAddress,
  /** In place of the name, 160 pixels wide. */
  logo: pictureSchema.exactOptional(),
  /** Of buttons and accents. */
  color: z.string().regex(/^#[0-9a-f]{6}$/i, 'expected a colour such as #c0392b'),
  /** Postal address of the sender, which many countries ask for. */
  address: z.string().min(1).max(300),
})

/** Who writes: what every letter of the gallery shows of the sender. */
export type Brand = z.output<typeof brandSchema>
/** A picture that lies on the web. */
export type Picture = z.output<typeof pictureSchema>
/** A button or a link. */
export type Button = z.output<typeof buttonSchema>

const WHITE: Rgb = [255, 255, 255]
const INK: Rgb = [20, 23, 26]
/** WCAG 2.2, success criterion 1.4.3. */
const READABLE = 4.5

/** The colour of letters on the brand's colour. */
export function letteringOn(color: string): string {
  return contrastRatio(rgbOf(color), WHITE) >= contrastRatio(rgbOf(color), INK) ? '#ffffff' : '#14171a'
}

/** The brand's colour for text on white; ink where nobody could read that. */
export function accentOf(color: string): string {
  return contrastRatio(rgbOf(color), WHITE) >= READABLE ? color : '#14171a'
}

function rgbOf(hex: string): Rgb {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  return [red, green, blue]
}
