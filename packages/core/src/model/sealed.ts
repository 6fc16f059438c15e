import * as z from 'zod'
import type { AddressKey } from '../base/ids.js'
import { ATTRIBUTE_NAME, type AttributeValue } from './attribute.js'

/** The fields of a customer that can be sealed besides attributes: those that nothing is planned by. */
export const SEALABLE_FIELDS = [
  'firstName',
  'lastName',
  'addresses.email',
  'addresses.phone',
  'addresses.push',
] as const satisfies readonly SealablePath[]

/** A field of a customer that can be sealed: a name, an address, or an attribute such as `attributes.birthday`. */
export type SealablePath =
  | 'firstName'
  | 'lastName'
  | 'addresses.email'
  | 'addresses.phone'
  | 'addresses.push'
  | `attributes.${string}`

/** A value that only the kit can read, as a storage keeps it: byte for byte, and told apart from text by its shape. */
export interface SealedValue {
  /** What the Cipher made of the value's JSON; it opens for this tenant, customer and field alone. */
  readonly seal: string
  /** Of an address: its keys under the secrets of its writing, current first, so that planning opens nothing. */
  readonly addressKeys?: readonly AddressKey[]
}

/** Sealed values by the path of their field; a field is here or stands plain, never both. */
export type SealedValues = Readonly<Partial<Record<SealablePath, SealedValue>>>

/** The fields of which values are sealed. */
export function pathsOf(sealed: SealedValues | undefined): readonly SealablePath[] {
  return Object.keys(sealed ?? {}) as SealablePath[]
}

/** The fields of which values are sealed, each with its value. */
export function entriesOf(sealed: SealedValues | undefined): readonly [SealablePath, SealedValue][] {
  return Object.entries(sealed ?? {}) as [SealablePath, SealedValue][]
}

const ATTRIBUTE = 'attributes.'

/** The path under which an attribute can be sealed. */
export function attributePath(name: string): SealablePath {
  return `${ATTRIBUTE}${name}`
}

/** The name of the attribute that a path leads to; null for any other field. */
export function attributeNameOf(path: string): string | null {
  return path.startsWith(ATTRIBUTE) ? path.slice(ATTRIBUTE.length) : null
}

/** Whether a text names a field that can be sealed. */
export function isSealablePath(path: unknown): path is SealablePath {
  if (typeof path !== 'string') return false
  const name = attributeNameOf(path)
  if (name === null) return SEALABLE_FIELDS.some((field) => field === path)
  return name !== '__proto__' && ATTRIBUTE_NAME.test(name)
}

/** Which fields of its customers a tenant seals: at most 200, each once. */
export const sealedPathsSchema = z
  .array(z.custom<SealablePath>(isSealablePath, 'not a field that can be sealed'))
  .max(200)
  .refine((paths) => new Set(paths).size === paths.length, 'names a field twice')

/** The parts of a customer, or of a patch of one, in which sealable fields stand; null removes. */
export interface SealableFields {
  readonly firstName?: string | null | undefined
  readonly lastName?: string | null | undefined
  readonly addresses?: Readonly<Record<string, string | null | undefined>> | undefined
  readonly attributes?: Readonly<Record<string, AttributeValue | null>> | undefined
}

/** The plain value of a sealable field; undefined when the customer or patch does not name it. */
export function valueAt(fields: SealableFields, path: SealablePath): AttributeValue | null | undefined {
  if (path === 'firstName' || path === 'lastName') return fields[path]
  const { section, name } = placeOf(path)
  const values = fields[section]
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined
}

/** A copy in which sealable fields have these values; what a value of undefined stands for is left out. */
export function withValues<Fields extends SealableFields>(
  fields: Fields,
  values: readonly (readonly [SealablePath, AttributeValue | null | undefined])[],
): Fields {
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(fields))
  for (const [path, value] of values) {
    if (path === 'firstName' || path === 'lastName') {
      replace(copy, path, value)
      continue
    }
    const { section, name } = placeOf(path)
    const inner = { ...(copy[section] as object | undefined) }
    replace(inner, name, value)
    copy[section] = inner
  }
  return copy as Fields
}

function placeOf(path: string): { readonly section: 'addresses' | 'attributes'; readonly name: string } {
  const attribute = attributeNameOf(path)
  if (attribute !== null) return { section: 'attributes', name: attribute }
  return { section: 'addresses', name: path.slice('addresses.'.length) }
}

function replace(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) delete fields[name]
  else fields[name] = value
}
