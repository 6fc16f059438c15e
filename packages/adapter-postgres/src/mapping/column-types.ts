import type { Database } from '../database.js'
import { sql } from '../sql.js'
import { type CustomerMapping, columnsOf, invalid } from './customer-mapping.js'

/** What a column of the host's can hold, as far as the kit tells types apart. */
export type ColumnKind =
  | 'text'
  | 'citext'
  | 'uuid'
  | 'integer'
  | 'numeric'
  | 'real'
  | 'double'
  | 'flag'
  | 'timestamptz'
  | 'timestamp'
  | 'texts'
  | 'citexts'
  | 'jsonb'

const KINDS: Readonly<Record<string, ColumnKind>> = {
  text: 'text',
  'character varying': 'text',
  citext: 'citext',
  uuid: 'uuid',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  numeric: 'numeric',
  real: 'real',
  'double precision': 'double',
  boolean: 'flag',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'text[]': 'texts',
  'character varying[]': 'texts',
  jsonb: 'jsonb',
}

/** What is as good as a column of these kinds whose collation takes different texts for the same. */
const ALIKE: Readonly<Partial<Record<ColumnKind, ColumnKind>>> = { text: 'citext', texts: 'citexts' }

const NUMBERS: readonly ColumnKind[] = ['integer', 'numeric', 'real', 'double']
const INSTANTS: readonly ColumnKind[] = ['timestamptz', 'timestamp', ...NUMBERS]
/** Whatever the case, a text is shown as it stands. */
const TEXTS: readonly ColumnKind[] = ['text', 'citext']

/** Which kinds may stand for a field; any other field is a text. */
const ALLOWED: Readonly<Record<string, readonly ColumnKind[]>> = {
  'customers.id': ['text', 'uuid', 'integer'],
  'customers.tenant.column': ['text', 'uuid', 'integer'],
  'customers.tags': ['texts'],
  'customers.facts.lastLoginAt': INSTANTS,
  'customers.facts.lastOrderAt': INSTANTS,
  'customers.facts.lastConversationAt': INSTANTS,
  'customers.facts.orderCount': NUMBERS,
  'customers.facts.totalSpentMinor': NUMBERS,
  'customers.facts.incompleteTransactions': NUMBERS,
  'customers.attributes.document': ['jsonb'],
}

const ATTRIBUTE = 'customers.attributes.columns.'
const ATTRIBUTES: readonly ColumnKind[] = [...TEXTS, ...NUMBERS, 'flag', 'texts', 'citexts']

/** The kinds of the columns that a mapping names, by the path at which it names them. */
export type ColumnKinds = ReadonlyMap<string, ColumnKind>

/**
 * Asks the catalogue for the columns of a mapping.
 *
 * @throws INVALID_INPUT with the path of the table or column that is not there, or is of a type that cannot stand there
 */
export async function readColumnKinds(database: Database, mapping: CustomerMapping): Promise<ColumnKinds> {
  const { schema = 'public', table } = mapping
  const rows = await database.rows<ColumnType & { readonly name: string }>(sql`
    select a.attname as name,
      format_type(case when t.typtype = 'd' then t.typbasetype else a.atttypid end, null) as type,
      case when not l.collisdeterministic then l.collname::text end as collation
    from pg_attribute as a join pg_type as t on t.oid = a.atttypid left join pg_collation as l on l.oid = a.attcollation
    join pg_class as r on r.oid = a.attrelid join pg_namespace as n on n.oid = r.relnamespace
    where n.nspname = ${schema} and r.relname = ${table} and r.relkind in ('r', 'v', 'm', 'p', 'f')
      and a.attnum > 0 and not a.attisdropped`)
  if (rows.length === 0) throw invalid('customers.table', 'there is no such table or view')
  const types = new Map(rows.map(({ name, ...column }) => [name, column]))
  return new Map(columnsOf(mapping).map(({ path, column }) => [path, kindOf(path, types.get(column))]))
}

interface ColumnType {
  readonly type: string
  /** The name of its collation where that takes different texts for the same; else null. */
  readonly collation: string | null
}

function kindOf(path: string, column: ColumnType | undefined): ColumnKind {
  if (column === undefined) throw invalid(path, 'there is no such column')
  const { type, collation } = column
  const exact = KINDS[type]
  const kind = exact === undefined || collation === null ? exact : ALIKE[exact]
  const allowed = path.startsWith(ATTRIBUTE) ? ATTRIBUTES : (ALLOWED[path] ?? TEXTS)
  if (kind !== undefined && allowed.includes(kind)) return kind
  const collated = collation === null ? '' : ` and collation ${collation}`
  throw invalid(path, `a column of type ${type}${collated} cannot stand for it`)
}
