import { Fragment, joined, raw, type SqlValue, sql } from './sql.js'

type ColumnType =
  | 'text'
  | 'float8'
  | 'bool'
  | 'int'
  | 'uuid'
  | 'text[]'
  | 'float8[]'
  | 'int[]'
  | 'json'
  | 'jsonb'
  | 'numeric'
  | 'bytea'

/** A column of a table, and what a record has for it. */
export interface Column<Item> {
  readonly name: string
  readonly type: ColumnType
  readonly of: (item: Item) => unknown
}

/** The columns of a table that one kind of record fills, in order. */
export type Columns<Item> = readonly Column<Item>[]

/** How a column travels within an array: lists and documents as text, since an array has no rows of different lengths. */
const CARRIERS: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  float8: 'float8',
  bool: 'bool',
  int: 'int',
  uuid: 'uuid',
  numeric: 'text',
  bytea: 'text',
  'text[]': 'text',
  'float8[]': 'text',
  'int[]': 'text',
  json: 'text',
  jsonb: 'text',
}

/** What is the same for columns each time, made once. */
function onceEach<Made>(make: (columns: Columns<never>) => Made): (columns: Columns<never>) => Made {
  const kept = new WeakMap<Columns<never>, Made>()
  return (columns) => {
    const made = kept.get(columns) ?? make(columns)
    kept.set(columns, made)
    return made
  }
}

/** Names of columns, side by side. */
export const namesOf = onceEach((columns) => raw(columns.map(({ name }) => name).join(', ')))

/** The columns of {@link given} in their own types, side by side. */
export const typedNamesOf = onceEach((columns) => raw(columns.map(typedName).join(', ')))

/** `update ... set`: each of the columns to what is given for it. */
export const settingsOf = onceEach((columns) =>
  raw(columns.map((column) => `${column.name} = ${typedName(column)}`).join(', ')),
)

function typedName({ name, type }: Pick<Column<never>, 'name' | 'type'>): string {
  return CARRIERS[type] === type ? `given.${name}` : `given.${name}::${type}`
}

/**
 * How a column is given. Texts compare by their code points as those of the tables do, so that rows are locked in the same order
 * whatever the locale of the database.
 */
function carrierOf({ type }: Pick<Column<never>, 'type'>): string {
  return `${HOLE}::${CARRIERS[type]}[]${type === 'text' ? ' collate "C"' : ''}`
}

/** Records as a table `given`: one array a column, so that the statement is the same however many there are. */
export function given<Item>(columns: Columns<Item>, items: readonly Item[]): Fragment {
  return new Fragment(tableWords(columns), arraysOf(columns, items))
}

const tableWords = onceEach((columns) => {
  const arrays = columns.map(carrierOf)
  return `unnest(${arrays.join(', ')}) as given(${namesOf(columns).text})`.split(HOLE)
})

/** Where a list of values comes. */
const HOLE = '?'

/**
 * Records as a table `given` whose rows are looked up one by one, `scope` beside each: for `with ${...}`, and to be
 * joined by all of a unique key. A `tenant = ... and run_id = ...` of its own would let a planner whose statistics
 * are older than the run read the whole run for every page, and a known number of records would tempt it to read the
 * whole table.
 */
export function probes<Item>(
  scope: Readonly<Record<string, string>>,
  columns: Columns<Item>,
  items: readonly Item[],
): Fragment {
  const beside = Object.entries(scope).map(([name, value]) => sql`${value}::text as ${raw(name)}`)
  const arrays = new Fragment(probedWords(columns), arraysOf(columns, items))
  return sql`given as materialized (select ${joined(beside, ', ')}, ${arrays})`
}

const probedWords = onceEach((columns) => {
  const arrays = columns.map((column) => `(select ${carrierOf(column)})`)
  const given = `unnest(${arrays.join(', ')}) as given(${namesOf(columns).text})`
  return `${typedNamesOf(columns).text} from ${given}`.split(HOLE)
})

/** A list of values for each column. `unnest` fills up the shorter lists: but for the first, nulls alone need not travel. */
function arraysOf<Item>(columns: Columns<Item>, items: readonly Item[]): SqlValue[] {
  return columns.map((column, at) => {
    const values = items.map((item) => carried(column, item))
    return at > 0 && values.every((value) => value === null) ? [] : values
  })
}

function carried<Item>({ type, of }: Column<Item>, item: Item): string | number | boolean | null {
  const value = of(item)
  if (value === null || value === undefined) return null
  if (type === 'text[]') return arrayLiteral(value as readonly (string | null)[])
  if (type === 'float8[]' || type === 'int[]') return `{${(value as readonly number[]).join(',')}}`
  if (type === 'json' || type === 'jsonb') return JSON.stringify(value)
  return value as string | number | boolean
}

/** What needs no quotes in a list: all but a few, and quotes are dear where lists stand in lists. */
const PLAIN = /^(?!null$)[\w.:+@/-]+$/i

/** A list as PostgreSQL writes it. Where many stand side by side that are alike, as in a column of a chunk, one is written. */
export function arrayLiteral(elements: readonly (string | number | boolean | null)[]): string {
  let last: string | number | boolean | null | undefined
  let literal = ''
  // joined, since a text that is put together piece by piece is a tree of texts, dear to make and to collect
  const literals = elements.map((element) => {
    if (element !== last) {
      last = element
      literal = elementLiteral(element)
    }
    return literal
  })
  return `{${literals.join(',')}}`
}

function elementLiteral(element: string | number | boolean | null): string {
  if (element === null) return 'NULL'
  if (typeof element !== 'string') return String(element)
  return PLAIN.test(element) ? element : `"${element.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A document as a binding of a statement. */
export function document(value: unknown): SqlValue {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
