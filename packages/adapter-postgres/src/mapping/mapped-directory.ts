import {
  type AttributeValue,
  byCodePoints,
  CampaignKitError,
  type Customer,
  type CustomerDirectory,
} from '@campaignkit/core/adapter'
import { type CustomerRow, customerOf } from '../customer-row.js'
import type { Database } from '../database.js'
import type { CustomerSource } from '../matching/customer-source.js'
import { pageStatement } from '../matching/matching-statements.js'
import { sql } from '../sql.js'
import type { Tables } from '../tables.js'
import { requireDistinct } from './distinct-ids.js'

/** A list as the database has it: of any depth, which is no part of its type, and with blanks. */
type HeldTags = readonly (string | null | HeldTags)[]

/** A customer of the host's as it comes: its tags may be absent, and its document may hold anything. */
type MappedRow = Omit<CustomerRow, 'tags' | 'attributes'> & {
  readonly tags: HeldTags | null
  readonly document: unknown
  readonly columns: Readonly<Record<string, unknown>>
}

/** Customers in the host's own table or view; only read. */
export function createMappedDirectory(
  database: Database,
  tables: Tables,
  sourceOf: () => Promise<CustomerSource>,
): CustomerDirectory {
  return {
    writable: false,
    scan: async ({ tenant }, { after, limit }) => {
      const source = await sourceOf()
      const behind = after === null ? sql`` : sql`and ${source.behind(after)}`
      const rows = await database.rows<MappedRow>(sql`
        select ${source.selection} from ${source.relation}
        where ${source.ofTenant(tenant)} ${behind} order by ${source.order} limit ${limit}`)
      return differentCustomers(rows)
    },
    scanMatching: async ({ tenant }, request, page) => {
      const statement = pageStatement({ source: await sourceOf(), tables, tenant }, request, page)
      const customers = differentCustomers(await database.rows<MappedRow>(statement))
      return { customers, next: customers.length < page.limit ? null : (customers.at(-1)?.id ?? null) }
    },
    get: async ({ tenant }, ids) => {
      const source = await sourceOf()
      const rows = await database.rows<MappedRow>(sql`
        select ${source.selection} from ${source.relation}
        where ${source.ofTenant(tenant)} and ${source.among(ids)}`)
      return rows.map(mappedCustomerOf)
    },
    upsert: refuse,
    reseal: refuse,
    keepAddressKeys: null,
    erase: refuse,
  }
}

async function refuse(): Promise<never> {
  throw new CampaignKitError('DIRECTORY_READ_ONLY', 'The customers stand in a table of the host')
}

/** @param rows - in the order of their ids */
function differentCustomers(rows: readonly MappedRow[]): readonly Customer[] {
  requireDistinct(rows.map(({ id }) => id))
  return rows.map(mappedCustomerOf)
}

function mappedCustomerOf({ tags, document, columns, ...row }: MappedRow): Customer {
  const held = new Set(textsOf(tags ?? []))
  return customerOf({
    ...row,
    tags: [...held].sort(byCodePoints),
    // a column hides what the document says under its name, also where the column is empty
    attributes: Object.fromEntries([
      ...attributesIn(document).filter(([name]) => !Object.hasOwn(columns, name)),
      ...attributesIn(columns),
    ]),
  })
}

/** The texts of a list, at whatever depth: so the operators of the database see it. */
function textsOf(tags: HeldTags): readonly string[] {
  return tags.flatMap((tag) => {
    if (tag === null) return []
    return typeof tag === 'string' ? [tag] : textsOf(tag)
  })
}

/** What can be an attribute: texts, numbers, flags, and the texts of lists. */
function attributesIn(values: unknown): [string, AttributeValue][] {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return []
  return Object.entries(values).flatMap(([name, value]): [string, AttributeValue][] => {
    if (Array.isArray(value)) return [[name, value.filter((each) => typeof each === 'string')]]
    const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
    return isScalar ? [[name, value as string | number | boolean]] : []
  })
}
