import * as z from 'zod'
import type { CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
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
import { normalizeTag, tagsSchema } from './tags.js'

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

/** A free attribute: text, number, flag, or a list of texts. */
export type AttributeValue = string | number | boolean | readonly string[]

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

const attributeSchema = z.union([
  storableSchema(10_000),
  z.number(),
  z.boolean(),
  z.array(storableSchema(1_000)).max(1_000),
])

const ATTRIBUTE_NAME = /^[\p{L}_][\p{L}\p{N}_-]{0,63}$/u

export const factsSchema = z.strictObject({
  lastLoginAt: instantSchema.optional(),
  lastOrderAt: instantSchema.optional(),
  orderCount: countSchema.optional(),
  totalSpentMinor: z.int().optional(),
  currency: currencySchema.optional(),
  lastConversationAt: instantSchema.optional(),
  conversationStatus: storableSchema(64).min(1).optional(),
  incompleteTransactions: countSchema.optional(),
})

/** What a host writes of a customer: what is absent stays as it was, lists and single fields replace. */
export const customerPatchSchema = z.strictObject({
  id: hostIdSchema.transform((text) => text as CustomerId),
  firstName: textSchema(200).optional(),
  lastName: textSchema(200).optional(),
  addresses: z
    .strictObject({
      email: z.string().refine(isEmailAddress, 'not an e-mail address').optional(),
      phone: z.string().regex(E164, 'not a phone number in E.164 form').optional(),
      push: storableSchema(4_096).min(1).optional(),
    })
    .optional(),
  tags: tagsSchema.optional(),
  facts: factsSchema.optional(),
  timeZone: z.string().min(1).max(64).optional(),
  locale: localeSchema.optional(),
  attributes: refusingProto(
    z.record(z.string().regex(ATTRIBUTE_NAME, 'not the name of an attribute'), attributeSchema),
  )
    .refine((attributes) => Object.keys(attributes).length <= 200, 'more than 200 attributes')
    .optional(),
})

/** A checked change of one customer. */
export type CustomerPatch = z.output<typeof customerPatchSchema>

/** What a host passes to `kit.customers.upsert`. */
export type CustomerInput = z.input<typeof customerPatchSchema>

/**
 * The customer after a patch: fields, addresses, facts and attributes that the patch names replace, the rest stays.
 * Every writable directory merges by this function.
 */
export function mergeCustomer(before: Customer | null, patch: CustomerPatch): Customer {
  return overlay<Customer>(before, {
    ...patch,
    addresses: overlay<Customer['addresses']>(before?.addresses, patch.addresses),
    tags: patch.tags ?? before?.tags ?? [],
    facts: overlay<CustomerFacts>(before?.facts, patch.facts),
    attributes: overlay<Customer['attributes']>(before?.attributes, patch.attributes),
  })
}

/**
 * Fields that are present in the patch over those before. By entries, because V8 reads the fields of an object that
 * spreads two others thirty times slower, and every match reads these.
 */
function overlay<Fields extends object>(
  before: object | null | undefined,
  patch: object | undefined,
): Fields {
  const present = Object.entries(patch ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...Object.entries(before ?? {}), ...present]) as Fields
}

/** The address that a channel would write to, or null. */
export function addressOf(customer: Customer, channel: ChannelKind): string | null {
  const kind = addressKindOf(channel)
  return kind === 'id' ? customer.id : (customer.addresses[kind] ?? null)
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
