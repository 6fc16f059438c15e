import { utf8 } from '../base/bytes.js'
import { createKeyedHmac, createPrefixedHmac, lengthPrefixed, type PrefixedDigest } from '../base/digest.js'

/** A key of the host under which links, address keys and sealed values are made. */
export interface Secret {
  /** Names the secret in what was sealed or signed with it: 1-16 of `a-z`, `0-9` and `-`. */
  readonly id: string
  /** At least 16 characters; 32 random bytes in base64 are recommended. */
  readonly key: string
}

interface Prepared {
  readonly key: string
  readonly hmac: (bytes: Uint8Array) => Uint8Array
  readonly behind: Map<string, PrefixedDigest>
}

/** Preparing a key costs as much as using it, and a run uses one several times a message. */
const PREPARED = new WeakMap<Secret, Prepared>()

/** HMAC-SHA-256 under a secret over texts, each in NFC and UTF-8 behind its length: 32 bytes. */
export function hmacUnder(secret: Secret, ...texts: readonly string[]): Uint8Array {
  return prepared(secret).hmac(lengthPrefixed(...texts))
}

/**
 * {@link hmacUnder} a secret over two texts, quicker where many have the first in common.
 *
 * @param beginning - the first; one of few, since what is prepared for each is kept as long as the secret
 */
export function hmacsBehind(secret: Secret, beginning: string): PrefixedDigest {
  const { behind } = prepared(secret)
  const known = behind.get(beginning)
  if (known !== undefined) return known
  const made = createPrefixedHmac(utf8(secret.key), beginning)
  behind.set(beginning, made)
  return made
}

function prepared(secret: Secret): Prepared {
  const known = PREPARED.get(secret)
  if (known?.key === secret.key) return known
  const made = { key: secret.key, hmac: createKeyedHmac(utf8(secret.key)), behind: new Map() }
  PREPARED.set(secret, made)
  return made
}
