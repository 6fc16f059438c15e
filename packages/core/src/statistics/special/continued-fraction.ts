const MOST_TERMS = 5000

/**
 * b0 + a1 / (b1 + a2 / (b2 + ...)) by the modified method of Lentz (Thompson and Barnett 1986).
 *
 * @param numerator - a(n), from n = 1
 * @param denominator - b(n), from n = 0
 */
export function continuedFraction(
  numerator: (n: number) => number,
  denominator: (n: number) => number,
): number {
  let value = denominator(0)
  let above = value
  let inverse = 0
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const a = numerator(n)
    const b = denominator(n)
    inverse = 1 / (b + a * inverse)
    above = b + a / above
    value *= above * inverse
    if (Math.abs(above * inverse - 1) < 2e-16) break
  }
  return value
}
