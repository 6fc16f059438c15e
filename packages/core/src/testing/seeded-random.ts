import { lengthPrefixed, sha256 } from '../base/digest.js'
import type { Random } from '../ports/random.js'

/** Chance that repeats itself: the same seed gives the same draws. */
export interface SeededRandom extends Random {
  /** A number from 0 up to but not including 1, with 53 random bits. */
  uniform(): number
}

/**
 * Makes chance for tests: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM
 * TOMS 47:4, 2021), its 128 bits of state being the first half of the SHA-256 of the seed. Never for real tokens: who
 * sees a few draws knows the rest.
 *
 * @param seed - any text or number; `7` and `'7'` are the same seed
 */
export function createSeededRandom(seed: string | number): SeededRandom {
  const digest = sha256(lengthPrefixed('campaignkit.seed', String(seed)))
  const words = new DataView(digest.buffer, digest.byteOffset)
  let [a, b, c, d] = [words.getInt32(0), words.getInt32(4), words.getInt32(8), words.getInt32(12)]

  const next = (): number => {
    const drawn = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return drawn
  }

  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length; at += 4) {
        const drawn = next()
        for (let byte = 0; byte < 4; byte += 1) bytes[at + byte] = (drawn >>> (24 - 8 * byte)) & 255
      }
      return bytes
    },
    uniform: () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53,
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
