/** Codewords of error correction a block at level M, by version from 1 (ISO/IEC 18004:2015, table 9). */
const ERROR_CODEWORDS_M = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
]

/** Blocks at level M, by version from 1 (same table). */
const BLOCKS_M = [
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29,
  31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
]

/** Turns the data codewords of one version into the codewords as they stand in the symbol. */
export interface ErrorCorrection {
  readonly dataLength: number
  /** Splits into blocks, appends the Reed-Solomon codewords of each and interleaves them (section 7.6). */
  interleave(codewords: Uint8Array): Uint8Array
}

/**
 * Error correction at level M.
 *
 * @param version - 1 to 40
 * @param total - codewords of the symbol, data and error correction
 */
export function createErrorCorrection(version: number, total: number): ErrorCorrection {
  const degree = cellAt(ERROR_CODEWORDS_M, version - 1)
  const blocks = cellAt(BLOCKS_M, version - 1)
  const dataLength = total - degree * blocks
  const shorter = Math.floor(dataLength / blocks)
  const firstLonger = blocks - (dataLength % blocks)
  const products = generatorProducts(degree)

  const place = (block: number, codewords: Uint8Array, errors: Uint8Array, interleaved: Uint8Array) => {
    for (const [depth, codeword] of codewords.entries()) {
      // the last codewords of the longer blocks stand together: the shorter ones have none at that depth
      const column = depth < shorter ? block : block - firstLonger
      interleaved[depth * blocks + column] = codeword
    }
    for (const [depth, codeword] of errors.entries())
      interleaved[dataLength + depth * blocks + block] = codeword
  }

  return {
    dataLength,
    interleave(codewords) {
      const interleaved = new Uint8Array(total)
      let start = 0
      for (let block = 0; block < blocks; block += 1) {
        const end = start + shorter + (block < firstLonger ? 0 : 1)
        const data = codewords.subarray(start, end)
        place(block, data, remainderOf(data, products, degree), interleaved)
        start = end
      }
      return interleaved
    },
  }
}

/** Remainder of codewords by the generator polynomial, over GF(256). */
function remainderOf(codewords: Uint8Array, products: Uint8Array, degree: number): Uint8Array {
  // one cell more, always 0, so that the shift needs no case of its own
  const remainder = new Uint8Array(degree + 1)
  for (const codeword of codewords) {
    const row = (codeword ^ cellAt(remainder, 0)) * degree
    for (let term = 0; term < degree; term += 1) {
      remainder[term] = (remainder[term + 1] ?? 0) ^ (products[row + term] ?? 0)
    }
  }
  return remainder.subarray(0, degree)
}

/** For each of the 256 factors its product with the generator polynomial, the leading 1 left out. */
function generatorProducts(degree: number): Uint8Array {
  const multiply = createFieldMultiplication()
  let generator = Uint8Array.of(1)
  let root = 1
  for (let power = 0; power < degree; power += 1) {
    const next = new Uint8Array(generator.length + 1)
    for (const [term, coefficient] of generator.entries()) {
      next[term] = cellAt(next, term) ^ coefficient
      next[term + 1] = multiply(coefficient, root)
    }
    generator = next
    root = multiply(root, 2)
  }
  const products = new Uint8Array(256 * degree)
  for (let factor = 0; factor < 256; factor += 1) {
    for (let term = 0; term < degree; term += 1) {
      products[factor * degree + term] = multiply(factor, cellAt(generator, term + 1))
    }
  }
  return products
}

/** Multiplication in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1 (section 7.5.2). */
function createFieldMultiplication(): (left: number, right: number) => number {
  const powers = new Uint8Array(510)
  const logarithms = new Uint8Array(256)
  for (let exponent = 0, power = 1; exponent < 255; exponent += 1) {
    powers[exponent] = power
    powers[exponent + 255] = power
    logarithms[power] = exponent
    power = power < 128 ? power * 2 : (power * 2) ^ 0x11d
  }
  return (left, right) =>
    left === 0 || right === 0 ? 0 : cellAt(powers, cellAt(logarithms, left) + cellAt(logarithms, right))
}

function cellAt(cells: { readonly [at: number]: number }, at: number): number {
  return cells[at] ?? 0
}
