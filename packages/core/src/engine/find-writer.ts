import type { AddressKey, CustomerId } from '../base/ids.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Delivery } from '../model/delivery.js'
import type { Scope } from '../model/scope.js'
import { customerAddressKeys } from './address-keys.js'
import type { EngineContext } from './context.js'

/** Deliveries to one address that are looked at: the latest ones. */
const MOST_DELIVERIES = 100

/** Who is behind an address that wrote to us. */
export interface Writer {
  /** Customers who have the address now and were written to at it, the latest first; empty for a stranger. */
  readonly customerIds: readonly CustomerId[]
  /** The last message that the first of them was sent on this channel: what is answered. */
  readonly delivery: Delivery | null
}

/**
 * Finds who writes from an address by the deliveries that went there, whoever has the address by now left out: a number
 * that somebody gave up speaks for nobody but its new owner.
 *
 * @param keys - of the address, under every secret
 */
export async function findWriter(
  context: EngineContext,
  scope: Scope,
  channel: ChannelKind,
  keys: readonly AddressKey[],
): Promise<Writer> {
  const deliveries = await context.storage.deliveries.byAddressKey(scope, keys, MOST_DELIVERIES)
  const candidates = [...new Set(deliveries.flatMap(({ customerId }) => customerId ?? []))]
  const found = await context.storage.customers.get(scope, candidates)
  const owners = new Set(
    found
      .filter((customer) =>
        customerAddressKeys(context, scope, customer, channel).some((key) => keys.includes(key)),
      )
      .map(({ id }) => id),
  )
  const customerIds = candidates.filter((id) => owners.has(id))
  const delivery = deliveries.find((each) => each.channel === channel && each.customerId === customerIds[0])
  return { customerIds, delivery: delivery ?? null }
}
