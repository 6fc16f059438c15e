import colorString from 'color-string'
import { Parser } from 'htmlparser2'
import type { HtmlImage, HtmlLooks, HtmlText, Rgb } from '../../ports/html-reader.js'
import { inlineStyle } from './inline-style.js'

/** What an element hands on to those inside it. */
interface Looks {
  readonly color: Rgb | null
  readonly background: Rgb | null
  readonly size: number | null
  readonly bold: boolean
  readonly isShown: boolean
}

type Attributes = Readonly<Record<string, string>>

const PAGE: Looks = { color: [0, 0, 0], background: [255, 255, 255], size: 16, bold: false, isShown: true }
const LINK: Rgb = [0, 0, 238]
const NOT_SHOWN = new Set(['head', 'script', 'style', 'template', 'title'])
const BOLD = new Set(['b', 'strong', 'th', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
const HEADING_SIZES = new Map([
  ['h1', 32],
  ['h2', 24],
  ['h3', 18.72],
])
/** An image of this width or height counts opens or keeps a distance. */
const SPACER = '1'

/** Images and texts that are shown; styles are those of `style`, `color` and `bgcolor` attributes. */
export function looksOf(html: string): HtmlLooks {
  const images: HtmlImage[] = []
  const texts: HtmlText[] = []
  const stack: Looks[] = [PAGE]
  const current = () => stack.at(-1) ?? PAGE
  const parser = new Parser({
    onopentag(name, attributes) {
      const looks = within(current(), name, attributes)
      stack.push(looks)
      if (name === 'img' && looks.isShown && !isSpacer(attributes))
        images.push({ alt: attributes.alt ?? null })
    },
    ontext(text) {
      const { isShown, ...looks } = current()
      if (isShown && text.trim() !== '') texts.push({ text: text.trim(), ...looks })
    },
    onclosetag() {
      if (stack.length > 1) stack.pop()
    },
  })
  parser.end(html)
  return { images, texts }
}

function within(outer: Looks, name: string, attributes: Attributes): Looks {
  const style = inlineStyle(attributes.style ?? '')
  return {
    color: colorWithin(outer, name, attributes, style),
    background: backgroundWithin(outer, attributes, style),
    size: sizeWithin(outer, name, style),
    bold: boldWithin(outer, name, style),
    isShown: outer.isShown && !NOT_SHOWN.has(name) && !isHidden(attributes, style),
  }
}

type Style = ReturnType<typeof inlineStyle>

function colorWithin(outer: Looks, name: string, attributes: Attributes, style: Style): Rgb | null {
  const written = style.get('color') ?? (name === 'font' ? attributes.color : undefined)
  if (written === 'inherit') return outer.color
  if (written !== undefined) return opaque(written)
  return name === 'a' && attributes.href !== undefined ? LINK : outer.color
}

/** A background that is no single colour cannot be told. */
function backgroundWithin(outer: Looks, attributes: Attributes, style: Style): Rgb | null {
  if (attributes.background !== undefined || isImage(style.get('background-image'))) return null
  const written = style.get('background-color') ?? style.get('background') ?? attributes.bgcolor
  if (written === undefined || ['transparent', 'none', 'inherit', 'initial'].includes(written))
    return outer.background
  return opaque(written)
}

function isImage(written: string | undefined): boolean {
  return written !== undefined && written !== 'none'
}

function sizeWithin(outer: Looks, name: string, style: Style): number | null {
  const written = style.get('font-size') ?? style.get('font')
  if (written === undefined) return HEADING_SIZES.get(name) ?? outer.size
  const found = /(\d+(?:\.\d+)?)(px|pt)\b/.exec(written)
  if (found === null) return null
  return Number(found[1]) * (found[2] === 'pt' ? 4 / 3 : 1)
}

function boldWithin(outer: Looks, name: string, style: Style): boolean {
  const weight = style.get('font-weight')
  if (weight === undefined) return outer.bold || BOLD.has(name)
  return weight.startsWith('bold') || Number(weight) >= 700
}

function isHidden(attributes: Attributes, style: Style): boolean {
  return (
    attributes.hidden !== undefined || style.get('display') === 'none' || style.get('visibility') === 'hidden'
  )
}

function isSpacer({ width, height }: Attributes): boolean {
  return width === SPACER || height === SPACER
}

/** A colour that lets nothing through. */
function opaque(written: string): Rgb | null {
  const color = colorString.get(written)
  if (color === null || color.model !== 'rgb') return null
  const [red = 0, green = 0, blue = 0, alpha] = color.value
  return alpha === 1 ? [red, green, blue] : null
}
