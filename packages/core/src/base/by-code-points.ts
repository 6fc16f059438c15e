const SURROGATES = 0xd800
const AFTER_SURROGATES = 0xe000

/**
 * The one order of texts in the kit: by code points, which is the order of their UTF-8 bytes and what PostgreSQL calls
 * COLLATE "C". JavaScript's own `<` goes by UTF-16 code units and puts U+1F355 before U+FF01.
 *
 * @param left - without a half of a surrogate pair, as is `right`
 * @returns below 0 when `left` comes first, above 0 when `right` does, 0 when they are the same
 */
export function byCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)]
    if (a !== b) return placeOf(a) - placeOf(b)
  }
  return left.length - right.length
}

/** Moves the halves of pairs, which stand for code points above all others, behind the rest. */
function placeOf(unit: number): number {
  if (unit < SURROGATES) return unit
  return unit < AFTER_SURROGATES ? unit + 0x2000 : unit - 0x800
}
