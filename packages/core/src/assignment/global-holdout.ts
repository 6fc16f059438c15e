import { createPrefixedDigest, lengthPrefixed } from '../base/digest.js'
import { CampaignKitError } from '../base/error.js'
import type { HashGate } from '../ports/storage/database-planner.js'

/** Who is kept out of every campaign of a tenant. */
export interface GlobalHoldout {
  readonly tenant: string
  /** The salt of the tenant, not of a campaign. */
  readonly salt: string
  /** Share of all customers, 0 to 1. */
  readonly share: number
}

const DOMAIN = 'global-holdout'

/** {@link isGloballyHeldOut} as a gate, for a storage that asks it itself. @throws INVALID_INPUT */
export function globalHoldoutGate(holdout: GlobalHoldout): HashGate {
  const { tenant, salt } = holdout
  const from = Math.ceil(thresholdOf(holdout))
  return { exclusion: 'globalHoldout', prefix: lengthPrefixed(tenant, salt, DOMAIN), from, to: 2 ** 53 }
}

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
export function createGlobalHoldout(holdout: GlobalHoldout): (customerId: string) => boolean {
  const { tenant, salt } = holdout
  const threshold = thresholdOf(holdout)
  const { leading53 } = createPrefixedDigest(tenant, salt, DOMAIN)
  return (customerId) => leading53(customerId) < threshold
}

function thresholdOf({ share }: GlobalHoldout): number {
  if (share >= 0 && share <= 1) return share * 2 ** 53
  throw new CampaignKitError('INVALID_INPUT', 'share: not from 0 to 1', { path: 'share' })
}
