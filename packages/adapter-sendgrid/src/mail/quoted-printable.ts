const MAX_LINE = 76
const CR = 13
const LF = 10
const SPACE = 32
const TAB = 9
const EQUALS = 61
const HEX = Buffer.from('0123456789ABCDEF')

/**
 * Quoted-printable (RFC 2045, section 6.7) of text as UTF-8: lines of at most 76 characters that end in CRLF, the last
 * one too. CR, LF and CRLF all count as the end of a line. A line never holds `=_`, so such a boundary is safe.
 */
export function quotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(worstCase(bytes.length))
  let length = 0
  let column = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    const next = bytes[at + 1]
    if (byte === CR && next === LF) continue
    if (byte === LF || byte === CR) {
      length = breakLine(out, length)
      column = 0
      continue
    }
    const width = isPlain(byte, next) ? 1 : 3
    // the last column is kept for the `=` of a soft break
    if (column + width > MAX_LINE - 1) {
      out[length] = EQUALS
      length = breakLine(out, length + 1)
      column = 0
    }
    writeOctet(out, length, byte, width)
    length += width
    column += width
  }
  return out.subarray(0, column > 0 ? breakLine(out, length) : length)
}

/** Three bytes for each, or a CRLF for each; a soft break every 73 columns at the earliest; a last CRLF. */
function worstCase(bytes: number): number {
  return bytes * 3 + Math.ceil((bytes * 3) / (MAX_LINE - 3)) * 3 + 2
}

function isPlain(byte: number, next: number | undefined): boolean {
  if (byte === SPACE || byte === TAB) return next !== undefined && next !== CR && next !== LF
  return byte > SPACE && byte < 127 && byte !== EQUALS
}

function breakLine(out: Buffer, at: number): number {
  out[at] = CR
  out[at + 1] = LF
  return at + 2
}

function writeOctet(out: Buffer, at: number, byte: number, width: number): void {
  out[at] = width === 1 ? byte : EQUALS
  if (width === 1) return
  out[at + 1] = HEX[byte >> 4] ?? 0
  out[at + 2] = HEX[byte & 15] ?? 0
}
