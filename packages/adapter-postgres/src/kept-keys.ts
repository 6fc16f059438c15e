import {
  type AddressKey,
  CONTACT_KINDS,
  type ContactKind,
  type CustomerPatch,
  digestOf,
} from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'
import { type Fragment, raw, sql } from './sql.js'

/**
 * The keys of an address as they are kept: what says under which secrets, and in their order the bytes of each key. Half of
 * what the keys themselves would take.
 */
const UNDER_BYTES = 4
const KEY_BYTES = 32
const DIGITS = 2
const KEY = new RegExp(`^(.+):([0-9a-f]{${KEY_BYTES * DIGITS}})$`)

/** The same few come again and again. */
const known = new Map<string, string>()
const MOST_KNOWN = 100

function under(secretIds: readonly string[]): string {
  // no id has a blank
  const place = secretIds.join(' ')
  const digits = known.get(place) ?? digestOf(...secretIds).slice(0, UNDER_BYTES * DIGITS)
  if (known.size < MOST_KNOWN) known.set(place, digits)
  return digits
}

/** Keys as they are kept, of the addresses that a change names. */
export type NamedKeys = Readonly<Partial<Record<ContactKind, string | null>>>

/** The keys of the addresses that a patch names: null for none, or where it removes the address. */
export function namedKeys({ addresses = {}, sealed = {}, addressKeys = {} }: CustomerPatch): NamedKeys {
  const named: Partial<Record<ContactKind, string | null>> = {}
  for (const kind of CONTACT_KINDS) {
    const seal = sealed[`addresses.${kind}`]
    if (seal !== undefined) named[kind] = keptKeys(seal.addressKeys)
    else if (addresses[kind] !== undefined) named[kind] = keptKeys(addressKeys[kind])
  }
  return named
}

const columnOf = (kind: ContactKind) => `${kind}_keys`

/** The columns of the keys; of an address that is not named there are none. */
export const KEY_COLUMNS: Columns<{ readonly keys: NamedKeys }> = CONTACT_KINDS.map((kind) => ({
  name: columnOf(kind),
  type: 'bytea',
  of: ({ keys }) => keys[kind],
}))

/** As {@link KEY_COLUMNS}; for {@link KEY_CHANGES}, which let those stay that are not named. */
export const KEY_CHANGE_COLUMNS: Columns<{ readonly keys: NamedKeys }> = CONTACT_KINDS.map((kind) => ({
  name: columnOf(kind),
  type: 'text',
  of: ({ keys }) => (keys[kind] === undefined ? '' : keys[kind]),
}))

/** `update ... as kept set`: the keys of the addresses that are named. */
export const KEY_CHANGES = raw(
  CONTACT_KINDS.map(columnOf)
    .map((name) => `${name} = case when given.${name} = '' then kept.${name} else given.${name}::bytea end`)
    .join(', '),
)

/** Keys as they are kept, as PostgreSQL writes bytes; null where they are none of ours. */
export function keptKeys(keys: readonly AddressKey[] | undefined): string | null {
  const parts = (keys ?? []).map((key) => KEY.exec(key))
  if (parts.length === 0 || !parts.every((part) => part !== null)) return null
  return `\\x${under(parts.map(([, id = '']) => id))}${parts.map(([, , hex = '']) => hex).join('')}`
}

/** The keys of an address, where a customer stands. */
export interface KeptKeys {
  /** Null where there are none. */
  readonly keys: Fragment
  /** That there is no address either. */
  readonly isAbsent: Fragment
}

/** That there is no address, or that its keys stand under just these secrets. */
export function standsUnder({ keys, isAbsent }: KeptKeys, secretIds: readonly string[]): Fragment {
  const length = UNDER_BYTES + KEY_BYTES * secretIds.length
  return sql`case when ${keys} is null then ${isAbsent}
    else octet_length(${keys}) = ${length}::int and substr(${keys}, 1, ${raw(String(UNDER_BYTES))}) = decode(${under(secretIds)}::text, 'hex') end`
}

/** A key as the kit has it, under a secret: its id, and its place among those of the host, from 0. */
export function keptKey(keys: Fragment, secretId: string, secret: number): Fragment {
  const from = raw(String(1 + UNDER_BYTES + KEY_BYTES * secret))
  return sql`${secretId}::text || ':' || encode(substr(${keys}, ${from}, ${raw(String(KEY_BYTES))}), 'hex')`
}
