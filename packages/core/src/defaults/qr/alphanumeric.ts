const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

const VALUES = new Int8Array(128).fill(-1)
for (const [value, character] of [...CHARACTERS].entries()) VALUES[character.charCodeAt(0)] = value

/** Whether alphanumeric mode can hold the whole text. */
export function isAlphanumeric(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if ((VALUES[text.charCodeAt(at)] ?? -1) < 0) return false
  }
  return text !== ''
}

/**
 * Data codewords of one segment in alphanumeric mode, padded to the capacity (ISO/IEC 18004:2015, sections 7.4.4,
 * 7.4.9 and 7.4.10).
 *
 * @param text - one that {@link isAlphanumeric}, and that fits
 * @param capacity - data codewords of the symbol
 */
export function encodeAlphanumeric(text: string, version: number, capacity: number): Uint8Array {
  const codewords = new Uint8Array(capacity)
  let length = 0
  let held = 0
  let heldBits = 0
  const put = (value: number, bits: number) => {
    held = (held << bits) | value
    heldBits += bits
    while (heldBits >= 8) {
      heldBits -= 8
      codewords[length] = held >> heldBits
      length += 1
    }
    held &= 0xff
  }

  put(0b0010, 4)
  put(text.length, lengthBits(version))
  const pairsEnd = text.length - (text.length % 2)
  for (let at = 0; at < pairsEnd; at += 2) put(valueAt(text, at) * 45 + valueAt(text, at + 1), 11)
  if (pairsEnd < text.length) put(valueAt(text, pairsEnd), 6)

  // the terminator is cut where the symbol is full; writes behind the end of the array are lost, as they should
  put(0, 4)
  if (heldBits > 0) put(0, 8 - heldBits)
  for (let pad = 0xec; length < capacity; pad ^= 0xec ^ 0x11) put(pad, 8)
  return codewords
}

function lengthBits(version: number): number {
  if (version <= 9) return 9
  return version <= 26 ? 11 : 13
}

function valueAt(text: string, at: number): number {
  return VALUES[text.charCodeAt(at)] ?? 0
}
