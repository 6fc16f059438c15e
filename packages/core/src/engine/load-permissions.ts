import type { AddressKey, CustomerId } from '../base/ids.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { ConsentRecord } from '../model/consent.js'
import type { Addressee } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import { customerAddressKeys } from './address-keys.js'
import type { EngineContext } from './context.js'
import { mapInTurns } from './map-in-turns.js'

/** The addresses of customers, and which of them are dead. */
interface Addresses {
  suppressedOn(customer: Addressee, channel: ChannelKind): boolean
  /** The key of the customer's address under the current secret; null without an address. */
  keyOf(customer: Addressee, channel: ChannelKind): AddressKey | null
}

/** What customers allow, and which of their addresses are dead. */
export interface Permissions extends Addresses {
  consentsOf(customerId: CustomerId): readonly ConsentRecord[]
}

/** Reads consents and suppressions of a page of customers, in two calls. */
export async function loadPermissions(
  context: EngineContext,
  scope: Scope,
  channels: readonly ChannelKind[],
  customers: readonly Addressee[],
): Promise<Permissions> {
  const ids = customers.map(({ id }) => id)
  const [addresses, consents] = await Promise.all([
    loadAddresses(context, scope, channels, customers),
    context.storage.consents.standing(scope, ids),
  ])
  const byCustomer = new Map<CustomerId, ConsentRecord[]>()
  for (const record of consents) {
    const known = byCustomer.get(record.customerId)
    if (known === undefined) byCustomer.set(record.customerId, [record])
    else known.push(record)
  }
  return { ...addresses, consentsOf: (customerId) => byCustomer.get(customerId) ?? [] }
}

/** Finds out the addresses of a page of customers, and reads which of them are suppressed. */
async function loadAddresses(
  context: EngineContext,
  scope: Scope,
  channels: readonly ChannelKind[],
  customers: readonly Addressee[],
): Promise<Addresses> {
  // an address is asked for several times, and its key costs as much as all the other gates together
  const keys = new Map(channels.map((channel) => [channel, new Map<CustomerId, readonly AddressKey[]>()]))
  const keysOf = (customer: Addressee, channel: ChannelKind) => {
    const known = keys.get(channel)?.get(customer.id)
    return known ?? customerAddressKeys(context, scope, customer, channel)
  }
  const asked = new Set<AddressKey>()
  for (const [channel, known] of keys)
    await mapInTurns(context, customers, (customer) => {
      const found = customerAddressKeys(context, scope, customer, channel)
      known.set(customer.id, found)
      for (const key of found) asked.add(key)
    })
  const suppressions = await context.storage.consents.suppressed(scope, [...asked])
  const dead = new Set(suppressions.map(({ channel, addressKey }) => `${channel} ${addressKey}`))
  return {
    suppressedOn: (customer, channel) =>
      dead.size > 0 && keysOf(customer, channel).some((key) => dead.has(`${channel} ${key}`)),
    keyOf: (customer, channel) => keysOf(customer, channel)[0] ?? null,
  }
}
