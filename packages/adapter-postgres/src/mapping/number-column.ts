import { type Fragment, raw, sql } from '../sql.js'
import type { ColumnKind } from './column-types.js'
import { doubleIn, nearestDouble } from './nearest-double.js'

const ENDLESS = raw(`'Infinity'`)
const NO_NUMBER = raw(`'NaN'`)

/** A column that is a fact, as a double; what is not a number is unknown. */
export function numberFact(column: Fragment, kind: ColumnKind): Fragment {
  if (kind === 'integer') return sql`${column}::float8`
  const double = kind === 'numeric' ? nearestDouble(column) : sql`${column}::float8`
  return sql`nullif(${double}, ${NO_NUMBER})`
}

/** The same of a fact that is whole, whose parts are left out. */
export function wholeFact(column: Fragment, kind: ColumnKind): Fragment {
  return numberFact(kind === 'integer' ? column : sql`floor(${column})`, kind)
}

/** A column that is an attribute, as the number that its jsonb is: what is endless or no number is a text there. */
export function numberAttribute(column: Fragment, kind: ColumnKind): Fragment | null {
  switch (kind) {
    case 'integer':
      return sql`${column}::float8`
    case 'numeric':
      return sql`(case when abs(${column}) < ${ENDLESS} then ${nearestDouble(column)} end)`
    case 'double':
      return sql`(case when abs(${column}) < ${ENDLESS} then ${column} end)`
    case 'real':
      // shown with its few digits, it is another double than by a cast
      return doubleIn(sql`to_jsonb(${column})`)
    default:
      return null
  }
}
