import { utf8 } from '../base/bytes.js'
import { createKeyedHmac, lengthPrefixed } from '../base/digest.js'
import type { AddressKey } from '../base/ids.js'
import { addressKindOf, type ChannelKind } from '../model/channel-kind.js'
import { normalizeAddress } from '../model/customer.js'
import type { Secret } from '../model/secret.js'

/**
 * The key of an address: `id:` and, in lower-case hexadecimal, the HMAC-SHA-256 over the kind of the address and its
 * normalised form, each in NFC and UTF-8 behind its length. SMS and WhatsApp write to the same phone, so they share it.
 */
export function addressKeyOf(secret: Secret, channel: ChannelKind, address: string): AddressKey {
  const hmac = hmacUnder(secret)
  return `${secret.id}:${hmac(lengthPrefixed(addressKindOf(channel), normalizeAddress(channel, address)))}` as AddressKey
}

/**
 * The keys of an address under every secret, so that a suppression which was made under an older one is still found.
 *
 * @param secrets - current first, older ones after; so are the keys
 */
export function addressKeysOf(
  secrets: readonly Secret[],
  channel: ChannelKind,
  address: string,
): AddressKey[] {
  return secrets.map((secret) => addressKeyOf(secret, channel, address))
}

interface Prepared {
  readonly key: string
  readonly hmac: (bytes: Uint8Array) => string
}

/** Preparing a key costs more than using it, and a run uses one for every address. */
const PREPARED = new WeakMap<Secret, Prepared>()

function hmacUnder(secret: Secret): Prepared['hmac'] {
  const known = PREPARED.get(secret)
  if (known?.key === secret.key) return known.hmac
  const hmac = createKeyedHmac(utf8(secret.key))
  PREPARED.set(secret, { key: secret.key, hmac })
  return hmac
}
