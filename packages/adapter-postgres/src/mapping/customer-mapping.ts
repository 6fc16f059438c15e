import { CampaignKitError, type InstantFact, type NumberFact } from '@campaignkit/core/adapter'
import { requireFields } from '../require-fields.js'

/** Names of the host's columns for the facts of a customer. What is not named is unknown of everybody. */
export type FactColumns = Readonly<
  Partial<Record<InstantFact | NumberFact | 'currency' | 'conversationStatus', string>>
>

/**
 * Where the customers stand in a table or view of the host's. Names are those of the database, in its own spelling;
 * they are quoted. What is not named is absent of everybody.
 */
export interface CustomerMapping {
  /** @default 'public' */
  readonly schema?: string
  readonly table: string
  /** The column that names the tenant of a row, or the one tenant to whom all rows belong. */
  readonly tenant: { readonly column: string } | { readonly only: string }
  /** A text, uuid or integer without nulls, unique within a tenant. */
  readonly id: string
  readonly firstName?: string
  readonly lastName?: string
  readonly addresses?: { readonly email?: string; readonly phone?: string; readonly push?: string }
  /** A list of texts, kept as the kit keeps tags: trimmed, lower case, NFC. */
  readonly tags?: string
  /**
   * Instants are `timestamptz`, `timestamp` (read as UTC) or numbers (milliseconds of the epoch); the others are
   * numbers and texts.
   */
  readonly facts?: FactColumns
  readonly timeZone?: string
  readonly locale?: string
  readonly attributes?: {
    /** A jsonb document of attributes. */
    readonly document?: string
    /** Columns that are attributes each, by the name of the attribute; they come before the document. */
    readonly columns?: Readonly<Record<string, string>>
  }
}

/** A column that a mapping names, and where it names it. */
export interface NamedColumn {
  readonly path: string
  readonly column: string
}

const FIELDS = {
  mapping: [
    'schema',
    'table',
    'tenant',
    'id',
    'firstName',
    'lastName',
    'addresses',
    'tags',
    'facts',
    'timeZone',
    'locale',
    'attributes',
  ],
  addresses: ['email', 'phone', 'push'],
  facts: [
    'lastLoginAt',
    'lastOrderAt',
    'lastConversationAt',
    'orderCount',
    'totalSpentMinor',
    'incompleteTransactions',
    'currency',
    'conversationStatus',
  ],
  attributes: ['document', 'columns'],
} as const

const MOST_BYTES = 63

/**
 * Checks a mapping as far as that can be done without the database.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path of the field
 */
export function checkMapping(mapping: CustomerMapping): void {
  requireFields(mapping, FIELDS.mapping, 'customers')
  requireFields(mapping.addresses ?? {}, FIELDS.addresses, 'customers.addresses')
  requireFields(mapping.facts ?? {}, FIELDS.facts, 'customers.facts')
  requireFields(mapping.attributes ?? {}, FIELDS.attributes, 'customers.attributes')
  requireFields(mapping.attributes?.columns ?? {}, null, 'customers.attributes.columns')
  requireFields(mapping.tenant, ['column', 'only'], 'customers.tenant')
  if ('column' in mapping.tenant === 'only' in mapping.tenant)
    throw invalid('customers.tenant', 'names either a column or the only tenant')
  if ('only' in mapping.tenant) requireName(mapping.tenant.only, 'customers.tenant.only', 256)
  requireName(mapping.schema ?? 'public', 'customers.schema')
  requireName(mapping.table, 'customers.table')
  requireName(mapping.id, 'customers.id')
  for (const { path, column } of columnsOf(mapping)) requireName(column, path)
}

/** Every column that a mapping names, with its path. */
export function columnsOf(mapping: CustomerMapping): readonly NamedColumn[] {
  const { tenant, id, firstName, lastName, addresses, tags, facts, timeZone, locale, attributes } = mapping
  const groups: Readonly<Record<string, object | undefined>> = {
    customers: { id, firstName, lastName, tags, timeZone, locale },
    'customers.tenant': 'column' in tenant ? tenant : {},
    'customers.addresses': addresses,
    'customers.facts': facts,
    'customers.attributes': { document: attributes?.document },
    'customers.attributes.columns': attributes?.columns,
  }
  return Object.entries(groups).flatMap(([path, fields]) =>
    Object.entries(fields ?? {}).flatMap(([name, column]) =>
      column === undefined ? [] : [{ path: `${path}.${name}`, column: column as string }],
    ),
  )
}

function requireName(name: unknown, path: string, mostBytes = MOST_BYTES): void {
  const fits =
    typeof name === 'string' &&
    name !== '' &&
    !name.includes('\0') &&
    new TextEncoder().encode(name).length <= mostBytes
  if (!fits) throw invalid(path, `expected a name of 1 to ${mostBytes} bytes`)
}

/** @throws INVALID_INPUT when thrown */
export function invalid(path: string, message: string): CampaignKitError {
  return new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}
