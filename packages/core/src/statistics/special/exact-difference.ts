/** 2^27 + 1: times a double, it parts the 53 bits in two halves (Dekker 1971). */
const SPLITTER = 134_217_729

function upperHalf(x: number): number {
  const shifted = SPLITTER * x
  return shifted - (shifted - x)
}

/** a b minus its rounded product, exactly as long as nothing underflows (Dekker 1971); 0 where a half overflows. */
function productError(a: number, b: number): number {
  const aHigh = upperHalf(a)
  const bHigh = upperHalf(b)
  const aLow = a - aHigh
  const bLow = b - bHigh
  const error = aLow * bLow - (a * b - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
  return Number.isFinite(error) ? error : 0
}

/** a - b minus its rounded difference, exactly (Knuth, TwoSum). */
function differenceError(a: number, b: number): number {
  const difference = a - b
  const back = difference - a
  return a - (difference - back) - (b + back)
}

/**
 * a - b c with a relative error of about one rounding, however near the two are to each other.
 */
export function minusProduct(a: number, b: number, c: number): number {
  const product = b * c
  return a - product + (differenceError(a, product) - productError(b, c))
}

/**
 * a - (a + b) x, by how much `a` exceeds its share of a + b, with a relative error of about one rounding.
 */
export function excessOverShare(a: number, b: number, x: number): number {
  const first = a * x
  const second = b * x
  const rest = a - first
  const errors = differenceError(a, first) + differenceError(rest, second)
  return rest - second + (errors - productError(a, x) - productError(b, x))
}

/** a b - c d with a relative error of about one rounding, however near the two are to each other. */
export function productDifference(a: number, b: number, c: number, d: number): number {
  const first = a * b
  const second = c * d
  return first - second + (differenceError(first, second) + productError(a, b) - productError(c, d))
}
