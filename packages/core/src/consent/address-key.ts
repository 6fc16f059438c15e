import type { AddressKey } from '../base/ids.js'
import { addressKindOf, type ChannelKind } from '../model/channel-kind.js'
import { normalizeAddress } from '../model/customer.js'
import { hmacsBehind, type Secret } from '../model/secret.js'

/**
 * The key of an address: `id:` and, in lower-case hexadecimal, the HMAC-SHA-256 over the kind of the address and its
 * normalised form, each in NFC and UTF-8 behind its length. SMS and WhatsApp write to the same phone, so they share it.
 */
export function addressKeyOf(secret: Secret, channel: ChannelKind, address: string): AddressKey {
  const hmacs = hmacsBehind(secret, addressKindOf(channel))
  return `${secret.id}:${hmacs.hex(normalizeAddress(channel, address))}` as AddressKey
}

/**
 * The keys of an address under every secret, so that a suppression which was made under an older one is still found.
 *
 * @param secrets - current first, older ones after; so are the keys
 */
export function addressKeysOf(
  [current, ...older]: readonly [Secret, ...Secret[]],
  channel: ChannelKind,
  address: string,
): [AddressKey, ...AddressKey[]] {
  const keyUnder = (secret: Secret) => addressKeyOf(secret, channel, address)
  return [keyUnder(current), ...older.map(keyUnder)]
}
