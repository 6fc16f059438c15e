import { concatBytes } from '../../base/bytes.js'
import { CampaignKitError } from '../../base/error.js'
import type { CsvFormat } from '../../ports/csv.js'
import { decodeWindows1252 } from './windows-1252.js'

/** An encoding that CSV files come in. */
export type CsvEncoding = NonNullable<CsvFormat['encoding']>

/** Below this share of its code units a zero byte is no sign of UTF-16. */
const LEAST_SHARE_OF_ZEROS = 0.1

/**
 * Finds out in what a file is written, from its first bytes: a byte order mark; else UTF-16 when at least a tenth of
 * its code units has the same half zero, and fewer the other; else what the first bytes
 * beyond ASCII are: UTF-8, or Windows-1252.
 *
 * @param isAll - whether the file ends here; if not, the last character may be cut
 */
export function sniffEncoding(head: Uint8Array, isAll: boolean): CsvEncoding {
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return 'utf-8'
  if (startsWith(head, 0xff, 0xfe)) return 'utf-16le'
  if (startsWith(head, 0xfe, 0xff)) return 'utf-16be'
  const atEven = zerosFrom(head, 0)
  const atOdd = zerosFrom(head, 1)
  const least = (head.length / 2) * LEAST_SHARE_OF_ZEROS
  if (atOdd >= least && atOdd > atEven) return 'utf-16le'
  if (atEven >= least && atEven > atOdd) return 'utf-16be'
  return sniffOctets(head, isAll)
}

/**
 * The first bytes beyond ASCII tell: UTF-8 when they are a character of it, else Windows-1252. What comes behind them in
 * another encoding is refused later, as damage. With `isAll` unset the last character may be cut.
 */
export function sniffOctets(bytes: Uint8Array, isAll: boolean): CsvEncoding {
  const from = bytes.findIndex((byte) => byte >= 0x80)
  if (from < 0) return 'utf-8'
  const length = lengthOfCharacter(bytes[from] ?? 0)
  const isCut = from + length > bytes.length
  return isUtf8(bytes.subarray(from, from + length), isAll || !isCut) ? 'utf-8' : 'windows-1252'
}

/** How many bytes a character of UTF-8 has that begins with this one; 1 when none does. */
function lengthOfCharacter(first: number): number {
  if (first >= 0xf0) return 4
  if (first >= 0xe0) return 3
  return first >= 0xc0 ? 2 : 1
}

/** The bytes at the beginning that are ASCII, and so the same in UTF-8 and Windows-1252; a zero byte is not. */
export function asciiPrefix(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const end = latin1.search(/[\0\x80-\xff]/)
  return end < 0 ? latin1 : latin1.slice(0, end)
}

/** Zero bytes among each second byte. */
function zerosFrom(bytes: Uint8Array, first: number): number {
  let zeros = 0
  for (let at = first; at < bytes.length; at += 2) if (bytes[at] === 0) zeros += 1
  return zeros
}

function startsWith(bytes: Uint8Array, ...mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte)
}

function isUtf8(bytes: Uint8Array, isAll: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isAll })
    return true
  } catch {
    return false
  }
}

/** What became of a piece; `details.byteOffset` of a failure says where in the file. */
export interface DecodedPiece {
  readonly text: string
  readonly failure: CampaignKitError | null
}

/** Decodes a file piece by piece; characters may be cut between pieces. */
export interface CsvDecoder {
  /** The text of a piece; when bytes are not of the encoding, the text before them and a CSV_MALFORMED. */
  decode(piece: Uint8Array): DecodedPiece
  /** Text that was held back until here. @throws CSV_MALFORMED when the file ends inside a character */
  end(): string
}

/**
 * A decoder that refuses what is not of the encoding, instead of putting U+FFFD in its place.
 *
 * @param startsAt - bytes of the file that stand before the first piece
 */
export function createCsvDecoder(encoding: CsvEncoding, startsAt = 0): CsvDecoder {
  const take = encoding === 'windows-1252' ? takeWindows1252 : takeUnicode(encoding)
  let offset = startsAt
  let cut = new Uint8Array(0)

  return {
    decode(piece) {
      const bytes = cut.length === 0 ? piece : concatBytes(cut, piece)
      const { text, taken, isBroken } = take(bytes)
      offset += taken
      cut = bytes.slice(taken)
      return { text, failure: isBroken ? notOf(encoding, offset) : null }
    },
    end() {
      if (cut.length > 0) throw notOf(encoding, offset)
      return ''
    },
  }
}

/** What could be decoded of some bytes; what is left is the beginning of a character unless they are broken. */
interface Taken {
  readonly text: string
  readonly taken: number
  readonly isBroken: boolean
}

function takeWindows1252(bytes: Uint8Array): Taken {
  const text = decodeWindows1252(bytes)
  return { text, taken: text.length, isBroken: text.length < bytes.length }
}

function takeUnicode(encoding: CsvEncoding): (bytes: Uint8Array) => Taken {
  const bytesOf = (text: string) => (encoding === 'utf-8' ? Buffer.byteLength(text) : text.length * 2)
  const newDecoder = () => new TextDecoder(encoding, { fatal: true, ignoreBOM: true })

  const takeUntilBroken = (bytes: Uint8Array): Taken => {
    const decoder = newDecoder()
    let text = ''
    try {
      for (let at = 0; at < bytes.length; at += 1) {
        text += decoder.decode(bytes.subarray(at, at + 1), { stream: true })
      }
    } catch {
      // the loop has found the place
    }
    return { text, taken: bytesOf(text), isBroken: true }
  }

  return (bytes) => {
    try {
      const text = newDecoder().decode(bytes, { stream: true })
      return { text, taken: bytesOf(text), isBroken: false }
    } catch {
      return takeUntilBroken(bytes)
    }
  }
}

function notOf(encoding: CsvEncoding, byteOffset: number): CampaignKitError {
  return new CampaignKitError('CSV_MALFORMED', `The file holds bytes that are not ${encoding}`, {
    details: { reason: 'encoding', encoding, byteOffset },
  })
}
