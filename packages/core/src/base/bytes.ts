const encoder = new TextEncoder()

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Bytes one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

const decoder = new TextDecoder()
const HEX_DIGITS = utf8('0123456789abcdef')

/** Lower-case hexadecimal of bytes. */
export function toHex(bytes: Uint8Array): string {
  // a text that is put together digit by digit is a tree of texts, dear to make, to compare and to collect
  const digits = new Uint8Array(2 * bytes.length)
  let at = 0
  for (const byte of bytes) {
    digits[at] = HEX_DIGITS[byte >> 4] ?? 0
    digits[at + 1] = HEX_DIGITS[byte & 15] ?? 0
    at += 2
  }
  return decoder.decode(digits)
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Base64url (RFC 4648, section 5) without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const letters = Math.min(4, bytes.length - at + 1)
    for (let letter = 0; letter < letters; letter += 1) {
      text += BASE64URL[(group >> (18 - 6 * letter)) & 63]
    }
  }
  return text
}

/** Bytes of a base64url text, or null when it is not one. */
export function fromBase64Url(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let held = 0
  let offset = 0
  for (const letter of text) {
    held = ((held << 6) | BASE64URL.indexOf(letter)) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[offset] = (held >> bits) & 255
      offset += 1
    }
  }
  return toBase64Url(bytes) === text ? bytes : null
}

/** Compares in a time that depends on the lengths alone. */
export function equalConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  const length = Math.max(left.length, right.length)
  for (let at = 0; at < length; at += 1) difference |= (left[at] ?? 0) ^ (right[at] ?? 0)
  return difference === 0
}
