import { authorize } from '../access/policy.js'
import { signLink } from '../access/signed-link.js'
import type { CustomerId, DeliveryId } from '../base/ids.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { parseCustomerId } from './manage-customers.js'
import { sealForLink } from './sealed-customer.js'

/** The link to a customer's preferences that stands in a message. */
export function preferencesLinkIn(
  { settings: { publicUrl, secrets } }: EngineContext,
  { tenant }: Scope,
  deliveryId: DeliveryId,
): string {
  return `${publicUrl}/p/${signLink(secrets[0], 'preferences', [tenant, 'delivery', deliveryId])}`
}

/**
 * The link to a customer's preferences for a place of the host's own, such as an account page. The customer's id is
 * sealed in it.
 *
 * @throws INVALID_INPUT, FORBIDDEN
 */
export function preferencesLinkOf(context: EngineContext, scope: Scope, customerId: CustomerId): string {
  authorize(context.access, scope, 'consent.write')
  const { publicUrl, secrets } = context.settings
  const sealed = sealForLink(context, scope.tenant, 'preferences', [
    parseCustomerId(customerId, 'customerId'),
  ])
  return `${publicUrl}/p/${signLink(secrets[0], 'preferences', [scope.tenant, 'customer', sealed])}`
}
