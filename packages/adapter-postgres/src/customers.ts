import {
  type Customer,
  type CustomerDirectory,
  type CustomerId,
  type CustomerPatch,
  type CustomerReseal,
  mergeCustomer,
  resealedCustomer,
  type Scope,
} from '@campaignkit/core/adapter'
import { type Columns, given, namesOf, probes, settingsOf, typedNamesOf } from './columns.js'
import { CUSTOMER_COLUMNS, type CustomerRow, customerOf } from './customer-row.js'
import type { Database, Session } from './database.js'
import { TryAgain } from './failures.js'
import { writeJournal } from './journal.js'
import { keepAddressKeys } from './keep-address-keys.js'
import { KEY_CHANGE_COLUMNS, KEY_CHANGES, KEY_COLUMNS, type NamedKeys, namedKeys } from './kept-keys.js'
import { pageStatement } from './matching/matching-statements.js'
import { ownCustomers } from './matching/own-customers.js'
import { frequent } from './ready-statements.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

const ID: Columns<CustomerId> = [{ name: 'id', type: 'text', of: (id) => id }]

/** The customers of {@link createPostgresStorage}, in its own table. */
export function createCustomerDirectory(database: Database, tables: Tables): CustomerDirectory {
  const { customers } = tables
  const source = ownCustomers(tables)
  return {
    writable: true,
    scanMatching: async ({ tenant }, request, page) => {
      const rows = await database.rows<CustomerRow>(pageStatement({ source, tables, tenant }, request, page))
      return {
        customers: rows.map(customerOf),
        next: rows.length < page.limit ? null : (rows.at(-1)?.id ?? null),
      }
    },
    scan: async ({ tenant }, { after, limit }) => {
      const rows = await database.rows<CustomerRow>(sql`
        select ${namesOf(CUSTOMER_COLUMNS)} from ${customers}
        where tenant = ${tenant} and id > ${after ?? ''} order by id limit ${limit}`)
      return rows.map(customerOf)
    },
    get: async ({ tenant }, ids) => {
      const rows = await database.rows<CustomerRow>(
        frequent(sql`
        with ${probes({ tenant }, ID, [...new Set(ids)])}
        select ${namesOf(CUSTOMER_COLUMNS)} from given join ${customers} using (tenant, id)`),
      )
      return rows.map(customerOf)
    },
    upsert: (scope, patches, entry) =>
      database.transaction(async (session) => {
        const done = await upsert(session, tables, scope, patches)
        await writeJournal(session, tables, scope, [entry])
        return done
      }),
    reseal: (scope, reseals, entry) =>
      database.transaction(async (session) => {
        const replaced = await resealCustomers(session, tables, scope, reseals)
        await writeJournal(session, tables, scope, [entry])
        return replaced
      }),
    keepAddressKeys: (scope, addresses) =>
      database.transaction((session) => keepAddressKeys(session, tables, scope, addresses)),
    erase: (scope, ids, entry) =>
      database.transaction(async (session) => {
        const erased = await session.rows(sql`
          delete from ${customers} where tenant = ${scope.tenant} and id = any(${ids}::text[]) returning 1`)
        await writeJournal(session, tables, scope, [entry])
        return erased.length
      }),
  }
}

/** A customer, and the keys of the addresses that were named. */
type KeyedCustomer = Customer & { readonly keys: NamedKeys }

const NEW_COLUMNS: Columns<KeyedCustomer> = [...CUSTOMER_COLUMNS, ...KEY_COLUMNS]
const CHANGED_COLUMNS: Columns<KeyedCustomer> = [...CUSTOMER_COLUMNS, ...KEY_CHANGE_COLUMNS]

/**
 * Merges patches into the customers as they stand. Those that nobody has yet are written first as they are to be, so
 * that of two writers of one new customer the second meets the first one's row, locks it and merges into it.
 */
async function upsert(
  session: Session,
  { customers }: Tables,
  { tenant }: Scope,
  patches: readonly CustomerPatch[],
): Promise<{ readonly created: number; readonly updated: number }> {
  const fresh = mergedInto(new Map(), patches)
  const created = await session.rows<{ readonly id: CustomerId }>(sql`
    insert into ${customers} (tenant, ${namesOf(NEW_COLUMNS)})
    select ${tenant}, ${typedNamesOf(NEW_COLUMNS)} from ${given(NEW_COLUMNS, fresh)} order by given.id
    on conflict (tenant, id) do nothing returning id`)
  const isNew = new Set(created.map(({ id }) => id))
  const known = patches.filter(({ id }) => !isNew.has(id))
  if (known.length > 0) {
    const rows = await session.rows<CustomerRow>(sql`
      select ${namesOf(CUSTOMER_COLUMNS)} from ${customers}
      where tenant = ${tenant} and id = any(${known.map(({ id }) => id)}::text[]) order by id for update`)
    const before = new Map(rows.map((row) => [row.id, customerOf(row)]))
    if (known.some(({ id }) => !before.has(id))) throw new TryAgain('a customer was erased in between')
    await session.rows(sql`
      update ${customers} as kept set ${settingsOf(CUSTOMER_COLUMNS)}, ${KEY_CHANGES}
      from ${given(CHANGED_COLUMNS, mergedInto(before, known))}
      where kept.tenant = ${tenant} and kept.id = given.id`)
  }
  return { created: isNew.size, updated: patches.length - isNew.size }
}

/** The customers after the patches, each once; a patch that repeats an id comes after the earlier one. */
function mergedInto(
  before: ReadonlyMap<CustomerId, Customer>,
  patches: readonly CustomerPatch[],
): readonly KeyedCustomer[] {
  const after = new Map<CustomerId, KeyedCustomer>()
  for (const patch of patches) {
    const known = after.get(patch.id)
    const customer = mergeCustomer(known ?? before.get(patch.id) ?? null, patch)
    const keys = known === undefined ? namedKeys(patch) : { ...known.keys, ...namedKeys(patch) }
    after.set(patch.id, Object.assign(customer, { keys }))
  }
  return [...after.values()]
}

/** Puts seals in the place of others, under the locks of the customers. */
async function resealCustomers(
  session: Session,
  { customers }: Tables,
  { tenant }: Scope,
  reseals: readonly CustomerReseal[],
): Promise<number> {
  const rows = await session.rows<CustomerRow>(sql`
    select ${namesOf(CUSTOMER_COLUMNS)} from ${customers}
    where tenant = ${tenant} and id = any(${reseals.map(({ customerId }) => customerId)}::text[]) order by id for update`)
  const none: NamedKeys = {}
  const after = new Map(rows.map((row) => [row.id, Object.assign(customerOf(row), { keys: none })]))
  let replaced = 0
  for (const reseal of reseals) {
    const before = after.get(reseal.customerId)
    const resealed = before === undefined ? null : resealedCustomer(before, reseal)
    if (resealed === null) continue
    const { path, value } = reseal
    const keys = { ...before?.keys, ...namedKeys({ id: resealed.id, sealed: { [path]: value } }) }
    after.set(resealed.id, { ...resealed, keys })
    replaced += 1
  }
  if (replaced > 0) {
    await session.rows(sql`
      update ${customers} as kept set sealed = given.sealed::json, ${KEY_CHANGES}
      from ${given(CHANGED_COLUMNS, [...after.values()])}
      where kept.tenant = ${tenant} and kept.id = given.id`)
  }
  return replaced
}
