import { CampaignKitError } from '../base/error.js'

/** Random bytes that {@link uniform} uses. */
export const UNIFORM_BYTES = 7

const SPARE_BITS = 3
const TWO_TO_53 = 2 ** 53

/**
 * A number from 0 up to, but not 1, made of 53 bits of random bytes: each multiple of 2^-53 is as likely.
 *
 * @param bytes - at least {@link UNIFORM_BYTES}
 * @throws INVALID_INPUT when there are fewer
 */
export function uniform(bytes: Uint8Array): number {
  if (bytes.length < UNIFORM_BYTES) {
    throw new CampaignKitError('INVALID_INPUT', `needs ${UNIFORM_BYTES} random bytes`, { path: 'bytes' })
  }
  const bits = bytes
    .subarray(0, UNIFORM_BYTES)
    .reduce((number, byte, at) => (at === 0 ? byte >> SPARE_BITS : number * 256 + byte), 0)
  return bits / TWO_TO_53
}
