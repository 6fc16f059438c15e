import { randomFillSync } from 'node:crypto'
import { CampaignKitError } from '../base/error.js'
import type { Random } from '../ports/random.js'

const POOL_BYTES = 16_384

/**
 * Chance from the operating system's cryptographic source, drawn in pools: one call of it costs twenty times what
 * handing out a few bytes does. Bytes that were handed out are wiped from the pool.
 *
 * @throws INVALID_INPUT (from `bytes`) when the length is not a whole number from 0 to 2^31 - 1
 */
export function createSystemRandom(): Random {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES

  return {
    bytes(length) {
      if (!Number.isInteger(length) || length < 0 || length > 0x7fff_ffff) {
        throw new CampaignKitError('INVALID_INPUT', 'A number of random bytes is a whole number from 0', {
          path: 'length',
        })
      }
      if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length))
      if (used + length > POOL_BYTES) {
        randomFillSync(pool)
        used = 0
      }
      const drawn = pool.slice(used, used + length)
      pool.fill(0, used, used + length)
      used += length
      return drawn
    },
  }
}
