import { isCampaignKitError } from '../base/error.js'
import type { AddressKey } from '../base/ids.js'
import { addressKeysOf } from '../consent/address-key.js'
import { addressKindOf, type ChannelKind } from '../model/channel-kind.js'
import { type Addressee, contactOf } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import type { SealedValue } from '../model/sealed.js'
import type { EngineContext } from './context.js'
import { openValue } from './seal-customer.js'

/**
 * The keys of the address that a channel writes to, under every secret, the current one first; empty without an
 * address. Those of a sealed address were made when it was written, so that nothing is opened for them: only one that
 * was sealed before the secrets were changed is, since two customers with one address must meet under one key.
 */
export function customerAddressKeys(
  context: EngineContext,
  scope: Scope,
  customer: Addressee,
  channel: ChannelKind,
): readonly AddressKey[] {
  const address = contactOf(customer, channel)
  if (address === null) return []
  const { secrets } = context.settings
  if (typeof address === 'string') return addressKeysOf(secrets, channel, address)
  const { addressKeys: kept = [] } = address
  const keys = secrets.map(({ id }) => kept.find((key) => key.startsWith(`${id}:`)))
  if (keys.every((key) => key !== undefined)) return keys
  const opened = openIfPossible(context, scope, customer, channel, address)
  return opened === null ? kept : addressKeysOf(secrets, channel, opened)
}

/** Null when the secret is gone: nobody can write to the address any more, and its old keys are the best that is left. */
function openIfPossible(
  context: EngineContext,
  scope: Scope,
  { id }: Addressee,
  channel: ChannelKind,
  { seal }: SealedValue,
): string | null {
  const kind = addressKindOf(channel)
  if (kind === 'id') return null
  try {
    return String(openValue(context, scope, id, `addresses.${kind}`, seal))
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return null
    throw thrown
  }
}
