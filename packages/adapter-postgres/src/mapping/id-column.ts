import type { CustomerId } from '@campaignkit/core/adapter'
import { type Fragment, raw, sql } from '../sql.js'
import type { ColumnKind } from './column-types.js'

/** How a host's ids are asked for, so that its own index of them serves. */
interface IdColumn {
  /** As the kit writes them. */
  readonly text: Fragment
  is(id: string): Fragment
  /** By which rows are in the code-point order of {@link IdColumn.text}. */
  readonly order: Fragment
  behind(after: CustomerId): Fragment
  upTo(last: CustomerId): Fragment
  among(ids: readonly CustomerId[]): Fragment
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NOBODY = raw('false')
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/

/** A column of ids. Uuids are ordered as their texts are; integers are not, and are ordered as texts. */
export function idColumn(column: Fragment, kind: ColumnKind): IdColumn {
  const text = kind === 'text' ? sql`${column} collate "C"` : sql`${column}::text collate "C"`
  const behindText = (after: CustomerId) => sql`${text} > ${after}`
  const upToText = (last: CustomerId) => sql`${text} <= ${last}`
  if (kind === 'uuid')
    return {
      text,
      is: (id) => (UUID.test(id) ? sql`${column} = ${id}::uuid` : NOBODY),
      order: column,
      behind: (after) => (UUID.test(after) ? sql`${column} > ${after}::uuid` : behindText(after)),
      upTo: (last) => (UUID.test(last) ? sql`${column} <= ${last}::uuid` : upToText(last)),
      among: (ids) => sql`${column} = any((select ${ids.filter((id) => UUID.test(id))}::uuid[])::uuid[])`,
    }
  if (kind === 'integer')
    return {
      text,
      is: (id) => (isBigint(id) ? sql`${column} = ${id}::bigint` : NOBODY),
      order: text,
      behind: behindText,
      upTo: upToText,
      among: (ids) => sql`${column} = any((select ${ids.filter(isBigint)}::bigint[])::bigint[])`,
    }
  return {
    text,
    is: (id) => sql`${column} = ${id}`,
    order: text,
    behind: behindText,
    upTo: upToText,
    among: (ids) => sql`${column} = any((select ${ids}::text[])::text[])`,
  }
}

function isBigint(id: string): boolean {
  return INTEGER.test(id) && BigInt.asIntN(64, BigInt(id)) === BigInt(id)
}
