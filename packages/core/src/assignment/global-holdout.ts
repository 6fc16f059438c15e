import { createPrefixedDigest } from '../base/digest.js'
import { CampaignKitError } from '../base/error.js'

/** Who is kept out of every campaign of a tenant. */
export interface GlobalHoldout {
  readonly tenant: string
  /** The salt of the tenant, not of a campaign. */
  readonly salt: string
  /** Share of all customers, 0 to 1. */
  readonly share: number
}

const DOMAIN = 'global-holdout'

/**
 * Whether a customer is kept out of every campaign: when the first 53 bits of the SHA-256 over tenant, salt, the word
 * `global-holdout` and the customer id (as `rankKeyOf` writes them), read as a whole number, are below `share * 2^53`.
 * Who is held out at one share is held out at every larger one.
 *
 * @throws INVALID_INPUT when the share is not from 0 to 1
 */
export function isGloballyHeldOut(holdout: GlobalHoldout, customerId: string): boolean {
  return createGlobalHoldout(holdout)(customerId)
}

/**
 * Makes {@link isGloballyHeldOut} for many customers.
 *
 * @throws INVALID_INPUT when the share is not from 0 to 1
 */
export function createGlobalHoldout({ tenant, salt, share }: GlobalHoldout): (customerId: string) => boolean {
  if (!(share >= 0 && share <= 1)) {
    throw new CampaignKitError('INVALID_INPUT', 'share: not from 0 to 1', { path: 'share' })
  }
  const { leading53 } = createPrefixedDigest(tenant, salt, DOMAIN)
  const threshold = share * 2 ** 53
  return (customerId) => leading53(customerId) < threshold
}
