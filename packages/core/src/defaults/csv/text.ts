import { concatBytes } from '../../base/bytes.js'
import { CampaignKitError } from '../../base/error.js'
import {
  asciiPrefix,
  type CsvDecoder,
  type CsvEncoding,
  createCsvDecoder,
  sniffEncoding,
  sniffOctets,
} from './encoding.js'

/** The longest piece that is handed on, in bytes or UTF-16 code units. */
const PIECE = 65_536

const NUL_OR_HALF = /[\0\p{Surrogate}]/u

/**
 * The text of a file in pieces, without byte order mark; none is empty. What comes before a failure is handed on first.
 *
 * @param encoding - found out when absent; strings need none
 * @throws CSV_MALFORMED for bytes that are not of the encoding, halves of characters and NUL; INVALID_INPUT when the
 * source mixes bytes and strings
 */
export async function* textOf(
  source: AsyncIterable<Uint8Array | string>,
  encoding: CsvEncoding | undefined,
): AsyncGenerator<string> {
  let isFirst = true
  for await (const text of decoded(source, encoding)) {
    const begin = isFirst && text.startsWith('\uFEFF') ? 1 : 0
    const end = text.search(NUL_OR_HALF)
    const piece = text.slice(begin, end < 0 ? text.length : end)
    if (piece !== '') yield piece
    if (end >= 0) throw notText(text, end)
    isFirst = false
  }
}

async function* decoded(
  source: AsyncIterable<Uint8Array | string>,
  encoding: CsvEncoding | undefined,
): AsyncGenerator<string> {
  const decoder = encoding === undefined ? createFindingDecoder() : createCsvDecoder(encoding)
  for await (const piece of inPieces(source)) {
    if (typeof piece === 'string') {
      yield piece
    } else {
      const { text, failure } = decoder.decode(piece)
      yield text
      if (failure !== null) throw failure
    }
  }
  const rest = decoder.end()
  if (rest !== '') yield rest
}

/** Bytes of the longest character of UTF-8, less one: as many may be cut off at the end of a piece. */
const LONGEST_CUT = 3

/**
 * A decoder that finds out the encoding, from the first piece that tells encodings apart: a long list may well have its
 * first accent far down. A piece that is shorter than full length is taken for the last.
 */
function createFindingDecoder(): CsvDecoder {
  let found: CsvDecoder | null = null
  let offset = 0
  let held = new Uint8Array(0)

  return {
    decode(piece) {
      if (found !== null) return found.decode(piece)
      const bytes = held.length === 0 ? piece : concatBytes(held, piece)
      const isLast = piece.length < PIECE
      const text = asciiPrefix(bytes)
      // a few bytes at the end may be half of a character, which tells nothing
      if (!isLast && text.length >= bytes.length - LONGEST_CUT) {
        offset += text.length
        held = bytes.slice(text.length)
        return { text, failure: null }
      }
      const sniff = offset === 0 ? sniffEncoding : sniffOctets
      found = createCsvDecoder(sniff(bytes, isLast), offset)
      return found.decode(bytes)
    },
    end() {
      if (found !== null) return found.end()
      const decoder = createCsvDecoder(sniffOctets(held, true), offset)
      const { text, failure } = decoder.decode(held)
      if (failure !== null) throw failure
      return text + decoder.end()
    },
  }
}

/** Cuts and joins chunks of any length to pieces of full length, the last one aside. */
async function* inPieces(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  let text = ''
  let bytes = new Uint8Array(PIECE)
  let filled = 0
  let kind: string | null = null
  for await (const chunk of source) {
    kind ??= typeof chunk
    if (typeof chunk !== kind) throw mixed()
    if (typeof chunk === 'string') {
      text += chunk
      while (text.length > PIECE) {
        const end = wholeCharacters(text)
        yield text.slice(0, end)
        text = text.slice(end)
      }
      continue
    }
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + PIECE - filled)
      bytes.set(part, filled)
      filled += part.length
      at += part.length
      if (filled === PIECE) {
        yield bytes
        bytes = new Uint8Array(PIECE)
        filled = 0
      }
    }
  }
  if (text !== '') yield text
  if (filled > 0) yield bytes.subarray(0, filled)
}

/** Where to cut a text that is longer than a piece, so that no surrogate pair is torn. */
function wholeCharacters(text: string): number {
  const isPair = (text.codePointAt(PIECE - 1) ?? 0) > 0xffff
  return isPair ? PIECE - 1 : PIECE
}

function notText(text: string, at: number): CampaignKitError {
  return text[at] === '\0'
    ? new CampaignKitError('CSV_MALFORMED', 'The file holds a NUL character', { details: { reason: 'nul' } })
    : new CampaignKitError('CSV_MALFORMED', 'The text holds half of a character', {
        details: { reason: 'encoding' },
      })
}

function mixed(): CampaignKitError {
  return new CampaignKitError('INVALID_INPUT', 'A source gives bytes or strings, not both', {
    path: 'source',
  })
}
