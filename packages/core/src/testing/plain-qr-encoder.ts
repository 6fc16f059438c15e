import { concatBytes, utf8 } from '../base/bytes.js'
import { lengthPrefixed, sha256 } from '../base/digest.js'
import type { QrEncoder } from '../ports/qr-encoder.js'

const SIZE = 21
const PNG_SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Makes a stand-in for the encoder: its images carry the text in the clear instead of as a code, so that a test can
 * read what would be scanned. No scanner reads them.
 */
export function createPlainQrEncoder(): QrEncoder {
  return {
    matrix(text) {
      const digest = sha256(lengthPrefixed(text))
      return {
        size: SIZE,
        dark: (row, column) => {
          const bit = (row * SIZE + column) % (digest.length * 8)
          return ((Number(digest[bit >> 3]) >> (bit & 7)) & 1) === 1
        },
      }
    },
    png: (text) => concatBytes(PNG_SIGNATURE, utf8(text)),
    svg: (text) => `<svg xmlns="http://www.w3.org/2000/svg"><desc>${escaped(text)}</desc></svg>`,
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
