import { addressKeysOf } from '../consent/address-key.js'
import {
  CONTACT_KINDS,
  type ContactKind,
  type Customer,
  type CustomerPatch,
  type KeyedAddress,
} from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { CHANNEL_OF, sealPatch } from './seal-customer.js'

/**
 * A patch as the storage takes it: what the tenant seals is sealed, and plain addresses have their keys where the directory
 * keeps those.
 */
export function storedPatch(context: EngineContext, scope: Scope, patch: CustomerPatch): CustomerPatch {
  const sealed = sealPatch(context, scope, patch)
  if (context.storage.customers.keepAddressKeys === null) return sealed
  const keyed = keyedAddresses(context, sealed)
  if (keyed.length === 0) return sealed
  const addressKeys: Partial<Record<ContactKind, KeyedAddress['addressKeys']>> = {}
  for (const each of keyed) addressKeys[each.kind] = each.addressKeys
  return { ...sealed, addressKeys }
}

/** The plain addresses of a customer or of a patch, each with its keys. */
export function keyedAddresses(
  { settings }: EngineContext,
  { id, addresses = {} }: Pick<CustomerPatch | Customer, 'id' | 'addresses'>,
): readonly KeyedAddress[] {
  return CONTACT_KINDS.flatMap((kind) => {
    const address = addresses[kind] ?? null
    if (address === null) return []
    const addressKeys = addressKeysOf(settings.secrets, CHANNEL_OF[kind], address)
    return [{ customerId: id, kind, address, addressKeys }]
  })
}
