import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { AddressKey } from '../base/ids.js'
import { addressKeyOf, addressKeysOf } from '../consent/address-key.js'
import { addressKindOf, type ChannelKind, channelKindSchema } from '../model/channel-kind.js'
import { type ConsentInput, type ConsentRecord, consentSchema } from '../model/consent.js'
import { isAddressFor, normalizeAddress } from '../model/customer.js'
import { textSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import { SUPPRESSION_REASONS } from '../model/suppression.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'
import { parseCustomerId } from './manage-customers.js'
import { refuseTooMany } from './refuse-too-many.js'

/**
 * Adds evidence of what customers allowed or refused, all or none. The same record twice is kept once; of several the
 * one that was obtained last stands, whatever the order of the calls. Nobody asks whether the customer exists yet.
 *
 * @param inputs - at most 10,000
 * @throws INVALID_INPUT, UNKNOWN_FIELD with paths such as `[3].obtainedAt`; FORBIDDEN
 */
export async function recordConsents(
  context: EngineContext,
  scope: Scope,
  inputs: readonly ConsentInput[],
): Promise<void> {
  authorize(context.access, scope, 'consent.write')
  refuseTooMany(inputs)
  const records = inputs.map((input, index): ConsentRecord => parseInput(consentSchema, input, `[${index}]`))
  if (records.length === 0) return
  const granted = records.filter(({ decision }) => decision === 'granted').length
  const entry = customersEntry(context, scope, {
    action: 'consents.record',
    after: { granted, denied: records.length - granted },
  })
  await context.storage.consents.record(scope, records, entry)
}

/** Every piece of evidence of a customer, oldest `obtainedAt` first. @throws INVALID_INPUT, FORBIDDEN */
export async function consentHistory(
  context: EngineContext,
  scope: Scope,
  customerId: string,
): Promise<readonly ConsentRecord[]> {
  authorize(context.access, scope, 'customer.read')
  return context.storage.consents.history(scope, parseCustomerId(customerId, 'customerId'))
}

/** The strict schema of an {@link AddressInput}. */
export const addressSchema = z.strictObject({ channel: channelKindSchema, address: textSchema(4_096) })

const suppressionSchema = addressSchema.extend({ reason: z.enum(SUPPRESSION_REASONS) })

/** An address on a channel. */
export type AddressInput = z.input<typeof addressSchema>

/** An address that is never to be written to again, and why. */
export type SuppressionInput = z.input<typeof suppressionSchema>

/**
 * Makes sure that addresses are never written to again, whoever has them, all or none. What is kept is a key, not the
 * address; of several suppressions of one address the earliest is kept.
 *
 * @param inputs - at most 10,000; phones with country code, e-mail in any case
 * @throws ADDRESS_INVALID, INVALID_INPUT, UNKNOWN_FIELD with paths such as `[3].address`; FORBIDDEN
 */
export async function suppressAddresses(
  context: EngineContext,
  scope: Scope,
  inputs: readonly SuppressionInput[],
): Promise<void> {
  authorize(context.access, scope, 'consent.write')
  refuseTooMany(inputs)
  const [secret] = context.settings.secrets
  const since = context.clock.now()
  const suppressions = inputs.map((input, index) => {
    const { channel, address, reason } = parseInput(suppressionSchema, input, `[${index}]`)
    const addressKey = addressKeyOf(
      secret,
      channel,
      readAddress(context, channel, address, `[${index}].address`),
    )
    return { channel, addressKey, reason, since }
  })
  if (suppressions.length === 0) return
  const entry = customersEntry(context, scope, {
    action: 'addresses.suppress',
    after: { addresses: suppressions.length },
  })
  await context.storage.consents.suppress(scope, suppressions, entry)
}

/**
 * Takes suppressions back, all or none, under whichever secret they were made; addresses without one are left out.
 *
 * @param inputs - at most 10,000
 * @param reason - why they may be written to again; kept in the journal, so without personal data
 * @throws ADDRESS_INVALID, INVALID_INPUT, UNKNOWN_FIELD, FORBIDDEN
 */
export async function unsuppressAddresses(
  context: EngineContext,
  scope: Scope,
  inputs: readonly AddressInput[],
  reason: string,
): Promise<void> {
  authorize(context.access, scope, 'consent.write')
  refuseTooMany(inputs)
  const because = parseInput(textSchema(2_000), reason, 'reason')
  const keys = inputs.flatMap((input, index): { channel: ChannelKind; addressKey: AddressKey }[] => {
    const { channel, address } = parseInput(addressSchema, input, `[${index}]`)
    const read = readAddress(context, channel, address, `[${index}].address`)
    return addressKeysOf(context.settings.secrets, channel, read).map((addressKey) => ({
      channel,
      addressKey,
    }))
  })
  if (keys.length === 0) return
  const entry = customersEntry(context, scope, {
    action: 'addresses.unsuppress',
    reason: because,
    after: { addresses: inputs.length },
  })
  await context.storage.consents.unsuppress(scope, keys, entry)
}

/**
 * An address in the form by which the kit knows it.
 *
 * @throws ADDRESS_INVALID with the path
 */
export function readAddress(
  { phone }: EngineContext,
  channel: ChannelKind,
  address: string,
  path: string,
): string {
  const isPhone = addressKindOf(channel) === 'phone'
  const read = isPhone ? phone.toE164(address, null) : normalizeAddress(channel, address)
  if (read !== null && isAddressFor(channel, read)) return read
  throw new CampaignKitError('ADDRESS_INVALID', `${path}: not an address for this channel`, { path })
}
