import { utf8 } from '../base/bytes.js'
import { createKeyedHmac, lengthPrefixed } from '../base/digest.js'

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
}

/** Preparing a key costs as much as using it, and a run uses one several times a message. */
const PREPARED = new WeakMap<Secret, Prepared>()

/** HMAC-SHA-256 under a secret over texts, each in NFC and UTF-8 behind its length: 32 bytes. */
export function hmacUnder(secret: Secret, ...texts: readonly string[]): Uint8Array {
  const known = PREPARED.get(secret)
  const { hmac } = known?.key === secret.key ? known : prepare(secret)
  return hmac(lengthPrefixed(...texts))
}

function prepare(secret: Secret): Prepared {
  const prepared = { key: secret.key, hmac: createKeyedHmac(utf8(secret.key)) }
  PREPARED.set(secret, prepared)
  return prepared
}
