import { CampaignKitError } from '../base/error.js'
import type { QrEncoder } from '../ports/qr-encoder.js'
import { pngOf } from './qr/png.js'
import { svgOf } from './qr/svg.js'
import { createSymbolMaker } from './qr/symbol.js'

/** What {@link createQrEncoder} can be given. */
export interface QrEncoderOptions {
  /**
   * Pixels of a module's side in a PNG, 1 to 16.
   *
   * @default 8
   */
  readonly scale?: number | undefined
}

/**
 * Makes QR codes at error correction level M. What texts of one length share is made once and kept, so that the first
 * image costs a few milliseconds and each later one some tens of microseconds.
 *
 * @throws INVALID_INPUT when the scale is out of range; from each method for a text that is empty or too long
 */
export function createQrEncoder(options: QrEncoderOptions = {}): QrEncoder {
  const { scale = 8 } = options
  if (!Number.isInteger(scale) || scale < 1 || scale > 16) {
    throw new CampaignKitError('INVALID_INPUT', 'The scale is a whole number of pixels from 1 to 16', {
      path: 'scale',
    })
  }
  const symbolOf = createSymbolMaker()

  return {
    matrix(text) {
      const { size, modules } = symbolOf(text)
      const isInside = (place: number) => place >= 0 && place < size
      return {
        size,
        dark: (row, column) => isInside(row) && isInside(column) && modules[row * size + column] === 1,
      }
    },
    png: (text) => pngOf(symbolOf(text), scale),
    svg: (text) => svgOf(symbolOf(text)),
  }
}
