import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { toHex } from './bytes.js'

const encoder = new TextEncoder()

/** SHA-256 (FIPS 180-4) of bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

/** Joins texts without ambiguity: each in NFC and UTF-8 behind its length as 4 bytes, big end first. */
export function lengthPrefixed(...texts: readonly string[]): Uint8Array {
  const normal = texts.map((text) => text.normalize('NFC'))
  let most = 0
  for (const { length } of normal) most += 4 + 3 * length
  const joined = new Uint8Array(most)
  let offset = 0
  for (const text of normal) {
    // quicker than to encode each text into bytes of its own, and than a view of the lengths
    const { written } = encoder.encodeInto(text, joined.subarray(offset + 4))
    joined[offset] = written >>> 24
    joined[offset + 1] = written >>> 16
    joined[offset + 2] = written >>> 8
    joined[offset + 3] = written
    offset += 4 + written
  }
  return joined.subarray(0, offset)
}

/** SHA-256 over length-prefixed texts, in lower-case hexadecimal. */
export function digestOf(...texts: readonly string[]): string {
  return toHex(sha256(lengthPrefixed(...texts)))
}

/** Digests of texts that begin alike; quicker than one by one for many of them. */
export interface PrefixedDigest {
  /** The digest in lower-case hexadecimal. */
  hex(text: string): string
  /** The first 53 bits of the digest as a whole number, 0 to 2^53 - 1. */
  leading53(text: string): number
}

/** SHA-256 over `(...prefix, text)`, as {@link digestOf} has it. */
export function createPrefixedDigest(...prefix: readonly string[]): PrefixedDigest {
  return digestsBehind(nobleSha256.create().update(lengthPrefixed(...prefix)))
}

/** HMAC-SHA-256 (RFC 2104) under a key over `(...prefix, text)`, each text behind its length. */
export function createPrefixedHmac(key: Uint8Array, ...prefix: readonly string[]): PrefixedDigest {
  return digestsBehind(hmac.create(nobleSha256, key).update(lengthPrefixed(...prefix)))
}

/** A hash that has taken in what comes first. */
interface Begun<Hash> {
  clone(): Hash
  _cloneInto(to: Hash): Hash
  update(bytes: Uint8Array): Hash
  digestInto(out: Uint8Array): void
}

/** Shares the work on the beginning, and allocates nothing a call but the result. */
function digestsBehind<Hash extends Begun<Hash>>(begun: Hash): PrefixedDigest {
  const hash = begun.clone()
  const digest = new Uint8Array(32)
  const words = new DataView(digest.buffer)
  let input = createInput(1_024)

  function compute(text: string): void {
    const normal = text.normalize('NFC')
    const most = 3 * normal.length
    if (most > input.text.length) input = createInput(most)
    const { written } = encoder.encodeInto(normal, input.text)
    input.length.setUint32(0, written)
    const filled = input.bytes.subarray(0, 4 + written)
    begun._cloneInto(hash).update(filled).digestInto(digest)
  }

  return {
    hex(text) {
      compute(text)
      return toHex(digest)
    },
    leading53(text) {
      compute(text)
      return words.getUint32(0) * 0x200000 + (words.getUint32(4) >>> 11)
    },
  }
}

/** Room for a length and a text of at most so many bytes behind it. */
function createInput(most: number): { bytes: Uint8Array; length: DataView; text: Uint8Array } {
  const bytes = new Uint8Array(4 + most)
  return { bytes, length: new DataView(bytes.buffer), text: bytes.subarray(4) }
}

/** HMAC-SHA-256 (RFC 2104) of bytes, 32 bytes, under a key that is prepared once for all of them. */
export function createKeyedHmac(key: Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const keyed = hmac.create(nobleSha256, key)
  const running = keyed.clone()
  return (bytes) => {
    const digest = new Uint8Array(32)
    keyed._cloneInto(running).update(bytes).digestInto(digest)
    return digest
  }
}
