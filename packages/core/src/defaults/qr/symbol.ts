import { create, type QRCode, type QRCodeSegment } from 'qrcode'
import { CampaignKitError } from '../../base/error.js'
import { encodeAlphanumeric, isAlphanumeric } from './alphanumeric.js'
import { createErrorCorrection, type ErrorCorrection } from './error-correction.js'

/** The modules of a QR code, row by row, without the quiet zone; 1 is dark. */
export interface QrSymbol {
  readonly size: number
  readonly modules: Uint8Array
}

/** What all alphanumeric symbols of a version share. */
interface Layout {
  readonly version: number
  readonly size: number
  /** The function patterns, and the mask where data goes. */
  readonly template: Uint8Array
  /** Where the bits of the codewords go, in their order. */
  readonly places: Uint16Array
  readonly errorCorrection: ErrorCorrection
}

/**
 * The same for all symbols: choosing among the eight costs more than all the rest, and readers undo any. For links with
 * a token this one has the second lowest penalty on average (ISO/IEC 18004:2015, section 7.8.3), and a simple rule.
 */
const MASK = 2
const isMasked = (column: number): boolean => column % 3 === 0

/**
 * Makes symbols at error correction level M, in the smallest version that holds the text. Texts of capitals, digits
 * and `$%*+-./:` are one alphanumeric segment, laid out from what qrcode makes once for each version; qrcode makes all
 * others.
 *
 * @throws INVALID_INPUT (from the function) for an empty text, or one too long for any version
 */
export function createSymbolMaker(): (text: string) => QrSymbol {
  const byVersion = new Map<number, Layout>()
  const byLength = new Map<number, Layout>()

  const layoutFor = (text: string): Layout => {
    const known = byLength.get(text.length)
    if (known !== undefined) return known
    const drawn = draw([{ mode: 'alphanumeric', data: text }])
    const layout = byVersion.get(drawn.version) ?? layoutOf(drawn)
    byVersion.set(drawn.version, layout)
    byLength.set(text.length, layout)
    return layout
  }

  return (text) => {
    if (isAlphanumeric(text)) return fill(layoutFor(text), text)
    const { modules } = draw(text)
    return { size: modules.size, modules: modules.data }
  }
}

function draw(content: string | QRCodeSegment[]): QRCode {
  try {
    return create(content, { errorCorrectionLevel: 'M', maskPattern: MASK })
  } catch {
    // what qrcode throws repeats parts of the text
    throw new CampaignKitError('INVALID_INPUT', 'A QR code holds a text of 1 to about 2,300 bytes', {
      path: 'text',
    })
  }
}

function layoutOf({ version, modules: { size, data, reservedBit } }: QRCode): Layout {
  const places = placesOf(size, reservedBit)
  const template = Uint8Array.from(data)
  for (const place of places) template[place] = isMasked(place % size) ? 1 : 0
  const errorCorrection = createErrorCorrection(version, Math.floor(places.length / 8))
  return { version, size, template, places, errorCorrection }
}

/** Two columns at a time from the right, up and down in turn, around column 6 (ISO/IEC 18004:2015, section 7.7.3). */
function placesOf(size: number, reserved: Uint8Array): Uint16Array {
  const places: number[] = []
  let upwards = true
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) {
    for (let step = 0; step < size; step += 1) {
      const row = upwards ? size - 1 - step : step
      for (const column of [right, right - 1]) {
        if (!reserved[row * size + column]) places.push(row * size + column)
      }
    }
    upwards = !upwards
  }
  return Uint16Array.from(places)
}

function fill(layout: Layout, text: string): QrSymbol {
  const { errorCorrection, places, size, template } = layout
  const codewords = errorCorrection.interleave(
    encodeAlphanumeric(text, layout.version, errorCorrection.dataLength),
  )
  const modules = template.slice()
  let at = 0
  for (const place of places) {
    // behind the last codeword some versions have a few modules more
    const bit = ((codewords[at >> 3] ?? 0) >> (7 - (at & 7))) & 1
    modules[place] = modules[place] === bit ? 0 : 1
    at += 1
  }
  return { size, modules }
}
