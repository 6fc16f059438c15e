import type { Session } from './database.js'
import { sql } from './sql.js'

/** Whether a table is there, whoever may use it. Names are given without quotes. */
export async function hasTable(session: Session, schema: string, table: string): Promise<boolean> {
  const rows = await session.rows(sql`
    select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relname = ${table}`)
  return rows.length > 0
}
