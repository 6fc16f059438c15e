import { byCodePoints } from '../base/by-code-points.js'
import { createPrefixedDigest, lengthPrefixed, type PrefixedDigest } from '../base/digest.js'

/** Under what customers are ranked. */
export interface RankSalt {
  /** The host's id of the tenant. */
  readonly tenant: string
  /** The salt of the campaign: random, immutable, never a name. */
  readonly salt: string
}

/**
 * The key by which a customer is ranked: SHA-256 over tenant, salt and customer id, each in NFC and UTF-8 behind its
 * length in 4 bytes, big end first; 64 lower-case hexadecimal digits. Ranks follow the keys in ascending order, ties
 * by customer id in the order of code points.
 */
export function rankKeyOf(tenant: string, salt: string, customerId: string): string {
  return rankDigest({ tenant, salt }).hex(customerId)
}

/**
 * What {@link rankKeyOf} hashes before the length and the bytes of the customer id: tenant and salt, each behind its own
 * length. For a storage that makes the keys itself.
 */
export function rankKeyPrefix({ tenant, salt }: RankSalt): Uint8Array {
  return lengthPrefixed(tenant, salt)
}

/** Makes the {@link rankKeyOf} of many customers; quicker than one at a time. */
export function createRankKeys(salt: RankSalt): (customerId: string) => string {
  return rankDigest(salt).hex
}

/** Puts customer ids in the order of their rank keys; ids that occur twice stay neighbours. */
export function inRankOrder<CustomerId extends string>(
  salt: RankSalt,
  customerIds: Iterable<CustomerId>,
): CustomerId[] {
  const { hex, leading53 } = rankDigest(salt)
  // The first 53 bits decide all but one in billions of comparisons, and numbers compare quicker than texts.
  return Array.from(customerIds, (id) => ({ id, leading: leading53(id) }))
    .sort((left, right) => left.leading - right.leading || compareInFull(left.id, right.id, hex))
    .map(({ id }) => id)
}

function compareInFull(left: string, right: string, keyOf: (id: string) => string): number {
  return byCodePoints(keyOf(left), keyOf(right)) || byCodePoints(left, right)
}

function rankDigest({ tenant, salt }: RankSalt): PrefixedDigest {
  return createPrefixedDigest(tenant, salt)
}
