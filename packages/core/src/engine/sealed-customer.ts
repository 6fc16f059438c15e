import { isCampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import type { EngineContext } from './context.js'

const contextOf = (tenant: string, purpose: string) => JSON.stringify(['link', tenant, purpose])

/** What a link says of a customer, readable by the kit alone: a host's id may be an address. */
export function sealForLink(
  { cipher }: EngineContext,
  tenant: string,
  purpose: string,
  fields: readonly [CustomerId, ...string[]],
): string {
  return cipher.seal(JSON.stringify(fields), contextOf(tenant, purpose))
}

/** What {@link sealForLink} sealed; null when it does not open. */
export function openFromLink(
  { cipher }: EngineContext,
  tenant: string,
  purpose: string,
  sealed: string,
): readonly [CustomerId, ...string[]] | null {
  try {
    return JSON.parse(cipher.open(sealed, contextOf(tenant, purpose)))
  } catch (thrown) {
    if (isCampaignKitError(thrown, 'SIGNATURE_INVALID') || isCampaignKitError(thrown, 'TOKEN_KEY_UNKNOWN'))
      return null
    throw thrown
  }
}
