import type { CustomerDirectory } from '@campaignkit/core/adapter'
import { createCustomerDirectory } from './customers.js'
import type { Database } from './database.js'
import { readColumnKinds } from './mapping/column-types.js'
import { type CustomerMapping, checkMapping } from './mapping/customer-mapping.js'
import { mappedCustomers } from './mapping/mapped-customers.js'
import { createMappedDirectory } from './mapping/mapped-directory.js'
import type { CustomerSource } from './matching/customer-source.js'
import { ownCustomers } from './matching/own-customers.js'
import type { Tables } from './tables.js'

/** The customers of a storage, and how statements ask for them. */
export interface OpenCustomers {
  readonly directory: CustomerDirectory
  source(): Promise<CustomerSource>
}

/**
 * The customers in our own table, or in the host's under a mapping; the columns of that are asked for once.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path of what is wrong in the mapping
 */
export function openCustomers(
  database: Database,
  tables: Tables,
  mapping: CustomerMapping | undefined,
): OpenCustomers {
  if (mapping === undefined) {
    const own = ownCustomers(tables)
    return { directory: createCustomerDirectory(database, tables), source: async () => own }
  }
  checkMapping(mapping)
  let known: CustomerSource | null = null
  const source = async () => {
    known ??= mappedCustomers(mapping, await readColumnKinds(database, mapping))
    return known
  }
  return { directory: createMappedDirectory(database, tables, source), source }
}
