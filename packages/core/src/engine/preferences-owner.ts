import { readSignedLink } from '../access/signed-link.js'
import type { CustomerId, DeliveryId } from '../base/ids.js'
import type { Customer } from '../model/customer.js'
import type { Delivery } from '../model/delivery.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { linkScope } from './link-scope.js'
import { openFromLink } from './sealed-customer.js'

/** Whose preferences a link leads to. */
export interface PreferencesOwner {
  readonly scope: Scope
  readonly customer: Customer
  /** The delivery whose message the link stood in; null for a link of the host. */
  readonly delivery: Delivery | null
}

/** The customer of a link; null for a text that this kit did not sign, and for a customer or delivery that is gone. */
export async function ownerOf(context: EngineContext, text: string): Promise<PreferencesOwner | null> {
  const [tenant, kind, about = ''] = readSignedLink(context.settings.secrets, 'preferences', text) ?? []
  if (tenant === undefined) return null
  const scope = linkScope(tenant)
  const delivery = kind === 'delivery' ? await deliveryOf(context, scope, about) : null
  const customerId = kind === 'delivery' ? delivery?.customerId : customerOf(context, tenant, about)
  if (customerId === undefined || customerId === null) return null
  const [customer] = await context.storage.customers.get(scope, [customerId])
  return customer === undefined ? null : { scope, customer, delivery }
}

async function deliveryOf({ storage }: EngineContext, scope: Scope, id: string): Promise<Delivery | null> {
  const [delivery] = await storage.deliveries.get(scope, [id as DeliveryId])
  return delivery ?? null
}

function customerOf(context: EngineContext, tenant: string, sealed: string): CustomerId | undefined {
  return openFromLink(context, tenant, 'preferences', sealed)?.[0]
}
