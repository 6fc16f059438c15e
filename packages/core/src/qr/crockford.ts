/** Crockford's base32 alphabet: no I, L, O or U. */
export const CROCKFORD_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const BITS_PER_LETTER = 5

/**
 * Upper-case Crockford base32 of the leading bits of bytes, most significant bit first; bits that the last letter
 * lacks are zero.
 *
 * @param letters - width of the result, at most as many as the bytes fill: `ceil(8 * bytes / 5)`
 */
export function encodeCrockford(bytes: Uint8Array, letters = Math.ceil((bytes.length * 8) / 5)): string {
  let text = ''
  let held = 0
  let bits = 0
  let at = 0
  while (text.length < letters) {
    if (bits < BITS_PER_LETTER) {
      held = ((held << 8) | (bytes[at] ?? 0)) & 0xfff
      at += 1
      bits += 8
    }
    bits -= BITS_PER_LETTER
    text += CROCKFORD_ALPHABET[(held >> bits) & 31]
  }
  return text
}

/**
 * The canonical form of what a person typed or a scanner read: upper case, I and L as 1, O as 0, hyphens left out.
 * Null when another character stands in it.
 */
export function normalizeCrockford(text: string): string | null {
  // asked before the change of case, which turns some letters outside ASCII into ones inside
  if (!/^[0-9A-TV-Za-tv-z-]*$/.test(text)) return null
  return text.toUpperCase().replace(/-/g, '').replace(/[IL]/g, '1').replace(/O/g, '0')
}

/**
 * The bytes of a Crockford text as {@link normalizeCrockford} reads it; null when it is not one, or when the bits
 * that fill up the last letter are not zero, so that every value has one text.
 */
export function decodeCrockford(text: string): Uint8Array | null {
  const letters = normalizeCrockford(text)
  if (letters === null) return null
  const bytes = new Uint8Array(Math.floor((letters.length * BITS_PER_LETTER) / 8))
  let held = 0
  let bits = 0
  let at = 0
  for (const letter of letters) {
    held = ((held << BITS_PER_LETTER) | CROCKFORD_ALPHABET.indexOf(letter)) & 0xfff
    bits += BITS_PER_LETTER
    if (bits >= 8) {
      bits -= 8
      bytes[at] = (held >> bits) & 255
      at += 1
    }
  }
  return encodeCrockford(bytes) === letters ? bytes : null
}
