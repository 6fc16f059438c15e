import { CampaignKitError } from '@campaignkit/core/adapter'
import { type Fragment, raw } from './sql.js'

/** Names of the tables, in the order in which they can be emptied. */
export const TABLE_NAMES = [
  'journal',
  'customers',
  'consents',
  'suppressions',
  'segments',
  'campaigns',
  'runs',
  'members',
  'planned_members',
  'planned_stretches',
  'address_claims',
  'deliveries',
  'delivery_counts',
  'attempts',
  'event_keys',
  'events',
  'event_sinks',
  'counters',
  'counted_members',
  'thinned_campaigns',
  'tokens',
  'cancelled_coupons',
  'redemptions',
  'ledger_entries',
  'ledger_accounts',
  'limits',
  'rings',
  'enlistments',
] as const

type TableName = (typeof TABLE_NAMES)[number]

/** Every table with its schema, as it stands in a statement; beside them the type of which planned members are. */
export type Tables = Readonly<Record<TableName | 'planned_member', Fragment>> & { readonly schema: Fragment }

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/

/** The schema in which the tables stand unless the host names another. */
export const DEFAULT_SCHEMA = 'campaignkit'

/** @throws INVALID_INPUT with the path of the option: `schema` unless it has another name */
export function checkSchemaName(schema: string, option = 'schema'): void {
  if (typeof schema === 'string' && SCHEMA_NAME.test(schema)) return
  throw new CampaignKitError(
    'INVALID_INPUT',
    `${option}: expected a lower-case name of letters, digits and _`,
    {
      path: option,
    },
  )
}

/** The tables in a schema. */
export function tablesIn(schema: string): Tables {
  checkSchemaName(schema)
  const tables = TABLE_NAMES.map((name) => [name, raw(`"${schema}".${name}`)])
  return {
    ...Object.fromEntries(tables),
    planned_member: raw(`"${schema}".planned_member`),
    schema: raw(`"${schema}"`),
  }
}
