import type { ContactKind, CustomerId, KeyedAddress, Scope } from '@campaignkit/core/adapter'
import { type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { KINDS, keptKeys } from './kept-keys.js'
import { joined, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** The addresses of a customer, and their keys as they are kept. */
interface Keyed {
  readonly id: CustomerId
  readonly addresses: Partial<Record<ContactKind, string>>
  readonly keys: Partial<Record<ContactKind, string | null>>
}

const KEYED: Columns<Keyed> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  ...KINDS.flatMap(
    (kind): Columns<Keyed> => [
      { name: kind, type: 'text', of: ({ addresses }) => addresses[kind] },
      { name: `${kind}_keys`, type: 'text', of: ({ keys }) => keys[kind] },
    ],
  ),
]

/** The rule of `CustomerDirectory.keepAddressKeys`. */
export async function keepAddressKeys(
  session: Session,
  { customers }: Tables,
  { tenant }: Scope,
  addresses: readonly KeyedAddress[],
): Promise<number> {
  const keyed = new Map<CustomerId, Keyed>()
  for (const { customerId: id, kind, address, addressKeys } of addresses) {
    const known = keyed.get(id) ?? { id, addresses: {}, keys: {} }
    known.addresses[kind] = address
    known.keys[kind] = keptKeys(addressKeys)
    keyed.set(id, known)
  }
  const changes = KINDS.map((kind) => {
    const isOther = raw(
      `(kept.${kind} = given.${kind} and kept.${kind}_keys is distinct from given.${kind}_keys::bytea)`,
    )
    const change = sql`${raw(`${kind}_keys`)} = case when ${isOther} then ${raw(`given.${kind}_keys::bytea`)} else ${raw(`kept.${kind}_keys`)} end`
    return { isOther, change }
  })
  const set = joined(
    changes.map(({ change }) => change),
    ', ',
  )
  const isAny = joined(
    changes.map(({ isOther }) => isOther),
    ' or ',
  )
  // in the order of ids, as all who write several customers lock them
  await session.rows(sql`
    select from ${customers} where tenant = ${tenant} and id = any(${[...keyed.keys()]}::text[]) order by id for update`)
  const changed = await session.rows(sql`
    update ${customers} as kept set ${set} from ${given(KEYED, [...keyed.values()])}
    where kept.tenant = ${tenant} and kept.id = given.id and (${isAny}) returning 1`)
  return changed.length
}
