import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import { addressKeysOf } from '../consent/address-key.js'
import type { AttributeValue } from '../model/attribute.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { ContactKind, Customer, CustomerPatch, CustomerView, OpenCustomer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import {
  entriesOf,
  pathsOf,
  type SealablePath,
  type SealedValue,
  valueAt,
  withValues,
} from '../model/sealed.js'
import type { EngineContext } from './context.js'

/** A channel of each kind of address: under it the keys of the address are made. */
export const CHANNEL_OF: Readonly<Record<ContactKind, ChannelKind>> = {
  email: 'email',
  phone: 'sms',
  push: 'push',
}

/** Of each address that can be sealed. */
const CHANNEL_AT: Readonly<Partial<Record<SealablePath, ChannelKind>>> = Object.fromEntries(
  Object.entries(CHANNEL_OF).map(([kind, channel]) => [`addresses.${kind}`, channel]),
)

/** What a value is sealed for; as JSON, so that no two ids read together as two others. */
function contextOf(scope: Scope, customerId: CustomerId, path: SealablePath): string {
  return JSON.stringify(['customer', scope.tenant, customerId, path])
}

/** The patch as the storage may see it: what the tenant seals is sealed. What it removes needs no seal. */
export function sealPatch(context: EngineContext, scope: Scope, patch: CustomerPatch): CustomerPatch {
  const { sealed: paths } = context.settings.tenant(scope.tenant)
  const named = paths.flatMap((path): (readonly [SealablePath, SealedValue])[] => {
    const value = valueAt(patch, path)
    if (value === undefined || value === null) return []
    return [[path, sealValue(context, scope, patch.id, path, value)]]
  })
  if (named.length === 0) return patch
  const plain = withValues(
    patch,
    named.map(([path]) => [path, undefined]),
  )
  return { ...plain, sealed: Object.fromEntries(named) }
}

/** Seals one value of a customer under the current secret; an address with its keys. */
export function sealValue(
  context: EngineContext,
  scope: Scope,
  customerId: CustomerId,
  path: SealablePath,
  value: AttributeValue,
): SealedValue {
  const seal = context.cipher.seal(JSON.stringify(value), contextOf(scope, customerId, path))
  const channel = CHANNEL_AT[path]
  if (channel === undefined) return { seal }
  return { seal, addressKeys: addressKeysOf(context.settings.secrets, channel, String(value)) }
}

/**
 * The customer with every sealed value opened.
 *
 * @throws TOKEN_KEY_UNKNOWN when a value was sealed under a secret that is no longer configured; SIGNATURE_INVALID when
 *   a seal was changed or moved here from another place. Nothing of the customer but id and field is in the error
 */
export function openCustomer(context: EngineContext, scope: Scope, customer: Customer): OpenCustomer {
  if (isOpen(customer)) return customer
  const { sealed, ...plain } = customer
  return withValues(
    plain,
    entriesOf(sealed).map(([path, { seal }]) => [path, openValue(context, scope, customer.id, path, seal)]),
  )
}

/** Opens one sealed value of a customer. @throws TOKEN_KEY_UNKNOWN, SIGNATURE_INVALID */
export function openValue(
  context: EngineContext,
  scope: Scope,
  customerId: CustomerId,
  path: SealablePath,
  seal: string,
): AttributeValue {
  try {
    return readJson(context.cipher.open(seal, contextOf(scope, customerId, path)))
  } catch (thrown) {
    if (!isCampaignKitError(thrown)) throw thrown
    throw new CampaignKitError(thrown.code, 'A sealed value of a customer does not open', {
      details: { ...thrown.details, customerId, field: path },
      cause: thrown,
    })
  }
}

/** The error of the parser would quote the text. */
function readJson(text: string): AttributeValue {
  try {
    return JSON.parse(text)
  } catch {
    throw new CampaignKitError('SIGNATURE_INVALID', 'A sealed value is not one of a customer')
  }
}

/** The customer as a host may see it without opening anything. */
export function viewOf(customer: Customer): CustomerView {
  if (isOpen(customer)) return customer
  return { ...customer, sealed: pathsOf(customer.sealed).toSorted() }
}

function isOpen(customer: Customer): customer is OpenCustomer {
  return customer.sealed === undefined
}
