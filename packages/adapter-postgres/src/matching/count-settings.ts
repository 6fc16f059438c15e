import type { Database, Session } from '../database.js'
import { sql } from '../sql.js'

/** A setting of the server, and what it was. */
interface Setting {
  readonly name: string
  readonly setting: string
}

/**
 * Does its work in a transaction whose settings suit counts. With those that servers come with, an index is priced as on a
 * spinning disk, and all rows are read instead; a bitmap of more than 4 MB knows pages alone, whose rows are all compared; and each
 * process compiles the many parts of a count, which takes longer than to run them. What a host has set stays.
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
