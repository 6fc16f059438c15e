import type { Database, Session } from '../database.js'
import { sql } from '../sql.js'

/** A setting of the server, and what it was. */
interface Setting {
  readonly name: string
  readonly setting: string
}

/**
 * Does its work in a transaction whose settings suit counts, in place of those that servers come with, under which pages of an
 * index are priced as on a spinning disk, so that all rows are read instead; 4 MB cannot hold where a hundred thousand rows
 * stand, so that every row beside them is compared too; and each process compiles the many parts of a count before it runs
 * them, which takes longer. What a host has set stays.
 */
export function withCountSettings<Result>(
  database: Database,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (session) => {
    const replaced = await session.rows<Setting>(sql`
      select name, setting, set_config(name, better, true)
      from pg_settings
      join (values ('random_page_cost', '1.1'), ('work_mem', '64MB'), ('jit', 'off')) as known (name, better) using (name)
      where setting = boot_val`)
    const result = await work(session)
    // the transaction may be that of the host, and goes on then
    await session.rows(sql`
      select set_config(name, setting, true)
      from unnest(${replaced.map(({ name }) => name)}::text[], ${replaced.map(({ setting }) => setting)}::text[]) as known (name, setting)`)
    return result
  })
}
