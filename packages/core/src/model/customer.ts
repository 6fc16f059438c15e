import * as z from 'zod'
import type { AddressKey, CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { ATTRIBUTE_NAME, type AttributeValue, attributeSchema } from './attribute.js'
import { addressKindOf, type ChannelKind } from './channel-kind.js'
import {
  currencySchema,
  hostIdSchema,
  instantSchema,
  localeSchema,
  refusingProto,
  storableSchema,
  textSchema,
} from './fields.js'
import {
  attributeNameOf,
  pathsOf,
  type SealablePath,
  type SealedValue,
  type SealedValues,
  valueAt,
  withValues,
} from './sealed.js'
import { normalizeTag, tagsSchema } from './tags.js'

export type { AttributeValue } from './attribute.js'

/** What the host knows of a customer's doings. An absent fact is unknown, never zero. */
export interface CustomerFacts {
  readonly lastLoginAt?: Instant
  readonly lastOrderAt?: Instant
  readonly orderCount?: number
  /** In minor units of `currency`. */
  readonly totalSpentMinor?: number
  readonly currency?: string
  readonly lastConversationAt?: Instant
  /** Lower-case word of the host: `open`, `waiting`, `closed`. */
  readonly conversationStatus?: string
  readonly incompleteTransactions?: number
}

/** A person the host knows. */
export interface Customer {
  readonly id: CustomerId
  readonly firstName?: string
  readonly lastName?: string
  /** As given, apart from phones, which are E.164. */
  readonly addresses: { readonly email?: string; readonly phone?: string; readonly push?: string }
  /** Normalised, in code-unit order. */
  readonly tags: readonly string[]
  readonly facts: CustomerFacts
  /** IANA zone, such as `Europe/Rome`. */
  readonly timeZone?: string
  /** BCP 47, such as `it` or `pt-BR`. */
  readonly locale?: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** Names, addresses and attributes that the tenant seals, instead of the plain ones; absent when there are none. */
  readonly sealed?: SealedValues
}

/** A customer of whom nothing is sealed: one who was opened, to fill in a message. */
export type OpenCustomer = Omit<Customer, 'sealed'> & { readonly sealed?: never }

/** A customer as a host reads it: what is sealed is left out and named. */
export type CustomerView = Omit<Customer, 'sealed'> & {
  /** Fields that are sealed, in code-unit order; absent when nothing is. */
  readonly sealed?: readonly SealablePath[]
}

const EMAIL =
  /^[^\s\p{Cc}\p{Cs}@<>(),;:\\"[\]]+@(?:[^\s\p{Cc}\p{Cs}@<>(),;:\\"[\].]+\.)+[^\s\p{Cc}\p{Cs}@<>(),;:\\"[\].]+$/u
const E164 = /^\+[1-9]\d{6,14}$/

/** Whether a text can stand as the address of an e-mail: one mailbox, no display name, no control characters. */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text)
}

/** Whether a text is a phone number in E.164 form. */
export function isE164(text: string): boolean {
  return E164.test(text)
}

const countSchema = z.int().min(0)

const factsSchema = z.strictObject({
  lastLoginAt: instantSchema.nullish(),
  lastOrderAt: instantSchema.nullish(),
  orderCount: countSchema.nullish(),
  totalSpentMinor: z.int().nullish(),
  currency: currencySchema.nullish(),
  lastConversationAt: instantSchema.nullish(),
  conversationStatus: storableSchema(64).min(1).nullish(),
  incompleteTransactions: countSchema.nullish(),
})

/** What a host writes of a customer: what is absent stays as it was, lists and single fields replace, null removes. */
export const customerPatchSchema = z.strictObject({
  id: hostIdSchema.transform((text) => text as CustomerId),
  firstName: textSchema(200).nullish(),
  lastName: textSchema(200).nullish(),
  addresses: z
    .strictObject({
      email: z.string().refine(isEmailAddress, 'not an e-mail address').nullish(),
      phone: z.string().regex(E164, 'not a phone number in E.164 form').nullish(),
      push: storableSchema(4_096).min(1).nullish(),
    })
    .optional(),
  tags: tagsSchema.optional(),
  facts: factsSchema.optional(),
  timeZone: z.string().min(1).max(64).nullish(),
  locale: localeSchema.nullish(),
  attributes: refusingProto(
    z.record(z.string().regex(ATTRIBUTE_NAME, 'not the name of an attribute'), attributeSchema.nullable()),
  )
    .refine((attributes) => Object.keys(attributes).length <= 200, 'more than 200 attributes')
    .optional(),
})

/** A checked change of one customer, as a directory takes it. */
export type CustomerPatch = z.output<typeof customerPatchSchema> & {
  /** Fields that are named sealed instead of plain. */
  readonly sealed?: SealedValues | undefined
  /** The keys of plain addresses that are named, for a directory that keeps them (`CustomerDirectory.keepAddressKeys`). */
  readonly addressKeys?: AddressKeys | undefined
}

/** The kinds of addresses of which a customer has at most one each. */
export const CONTACT_KINDS = [
  'email',
  'phone',
  'push',
] as const satisfies readonly (keyof Customer['addresses'])[]
export type ContactKind = (typeof CONTACT_KINDS)[number]

/** Of an address, its keys under every secret of the host, the current one first. */
export type AddressKeys = Readonly<Partial<Record<ContactKind, readonly AddressKey[]>>>

/** The keys of a plain address of a customer. */
export interface KeyedAddress {
  readonly customerId: CustomerId
  readonly kind: ContactKind
  readonly address: string
  /** Under every secret of the host, the current one first. */
  readonly addressKeys: readonly AddressKey[]
}

/** What a host passes to `kit.customers.upsert`. */
export type CustomerInput = z.input<typeof customerPatchSchema>

/**
 * The customer after a patch: fields, addresses, facts and attributes that the patch names replace, plain or sealed as
 * the patch has them; null removes; the rest stays. Every writable directory merges by this function.
 */
export function mergeCustomer(before: Customer | null, patch: CustomerPatch): Customer {
  const plain = patch.sealed === undefined ? patch : withoutPlain(patch, patch.sealed)
  return overlay<Customer>(before, {
    ...plain,
    addresses: overlay<Customer['addresses']>(before?.addresses, plain.addresses),
    tags: plain.tags ?? before?.tags ?? [],
    facts: overlay<CustomerFacts>(before?.facts, plain.facts),
    attributes: overlay<Customer['attributes']>(before?.attributes, plain.attributes),
    sealed: mergeSealed(before?.sealed, patch),
    // kept beside a customer, who is not told of them
    addressKeys: undefined,
  })
}

/** The patch in which each field that it names sealed removes the plain one. */
function withoutPlain(patch: CustomerPatch, sealed: SealedValues): CustomerPatch {
  return withValues(
    patch,
    pathsOf(sealed).map((path) => [path, null]),
  )
}

/** What is sealed after a patch, null for nothing any more: a plain value takes the place of a sealed one. */
function mergeSealed(
  before: SealedValues | undefined,
  patch: CustomerPatch,
): SealedValues | null | undefined {
  if (before === undefined) return patch.sealed
  const replaced = pathsOf(before).filter((path) => valueAt(patch, path) !== undefined)
  const removals = Object.fromEntries(replaced.map((path) => [path, null]))
  const merged = overlay<SealedValues>(before, { ...removals, ...patch.sealed })
  return pathsOf(merged).length === 0 ? null : merged
}

/**
 * Fields that are present in the patch over those before, without those that are null. By entries, because V8 reads the
 * fields of an object that spreads two others thirty times slower, and every match reads these.
 */
function overlay<Fields extends object>(
  before: object | null | undefined,
  patch: object | undefined,
): Fields {
  const present = Object.entries(patch ?? {}).filter(([, value]) => value !== undefined)
  const fields = Object.fromEntries([...Object.entries(before ?? {}), ...present])
  if (!present.some(([, value]) => value === null)) return fields as Fields
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Fields
}

/** The address that a channel would write to, or null: also for one that is sealed, which has to be opened first. */
export function addressOf(customer: Customer, channel: ChannelKind): string | null {
  const kind = addressKindOf(channel)
  return kind === 'id' ? customer.id : (customer.addresses[kind] ?? null)
}

/** As much of a customer as its addresses take. */
export type Addressee = Pick<Customer, 'id' | 'addresses' | 'sealed'>

/** The address that a channel would write to, sealed if it is, or null. */
export function contactOf(customer: Addressee, channel: ChannelKind): string | SealedValue | null {
  const kind = addressKindOf(channel)
  if (kind === 'id') return customer.id
  return customer.addresses[kind] ?? customer.sealed?.[`addresses.${kind}`] ?? null
}

/** Names of the attributes of a customer, sealed ones among them. */
export function attributeNames({ attributes, sealed }: Customer): readonly string[] {
  const hidden = pathsOf(sealed).map(attributeNameOf)
  return [...Object.keys(attributes), ...hidden.filter((name) => name !== null)]
}

/** Whether an address has the form that its channel needs. */
export function isAddressFor(channel: ChannelKind, address: string): boolean {
  const kind = addressKindOf(channel)
  if (kind === 'email') return isEmailAddress(address)
  if (kind === 'phone') return isE164(address)
  return address.length > 0
}

/**
 * The form of an address by which two are the same: e-mail in NFC, trimmed and lower case (many customers write
 * their own in capitals, and no provider tells two such mailboxes apart), all else as it is.
 */
export function normalizeAddress(channel: ChannelKind, address: string): string {
  return addressKindOf(channel) === 'email' ? normalizeTag(address) : address.trim()
}
