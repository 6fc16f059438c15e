import {
  CONTACT_KINDS,
  type ContactKind,
  type CustomerId,
  type KeyedAddress,
  type Scope,
} from '@campaignkit/core/adapter'
import { type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { KEY_CHANGE_COLUMNS, KEY_CHANGES, keptKeys, type NamedKeys } from './kept-keys.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** The addresses of a customer, and their keys as they are kept. */
type AddressRow = Readonly<Record<ContactKind | `${ContactKind}_keys`, string | null>> & {
  readonly id: CustomerId
}

const COLUMNS = raw(
  CONTACT_KINDS.map((kind) => `${kind}, '\\x' || encode(${kind}_keys, 'hex') as ${kind}_keys`).join(', '),
)

const CHANGE: Columns<{ readonly id: CustomerId; readonly keys: NamedKeys }> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  ...KEY_CHANGE_COLUMNS,
]

/** The rule of `CustomerDirectory.keepAddressKeys`. */
export async function keepAddressKeys(
  session: Session,
  { customers }: Tables,
  { tenant }: Scope,
  addresses: readonly KeyedAddress[],
): Promise<number> {
  const ids = addresses.map(({ customerId }) => customerId)
  const rows = await session.rows<AddressRow>(sql`
    select id, ${COLUMNS} from ${customers} where tenant = ${tenant} and id = any(${ids}::text[]) order by id for update`)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const changes = new Map<CustomerId, { id: CustomerId; keys: NamedKeys }>()
  for (const { customerId: id, kind, address, addressKeys } of addresses) {
    const row = byId.get(id)
    const keys = keptKeys(addressKeys)
    if (row?.[kind] === address && row[`${kind}_keys`] !== keys)
      changes.set(id, { id, keys: { ...changes.get(id)?.keys, [kind]: keys } })
  }
  if (changes.size > 0)
    await session.rows(sql`
      update ${customers} as kept set ${KEY_CHANGES} from ${given(CHANGE, [...changes.values()])}
      where kept.tenant = ${tenant} and kept.id = given.id`)
  return changes.size
}
