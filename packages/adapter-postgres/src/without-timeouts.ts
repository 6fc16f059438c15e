import type { Session } from './database.js'
import { sql } from './sql.js'

interface Setting {
  readonly name: string
  readonly setting: string
}

/** Servers before 17 do not know the last. */
const TIMEOUTS = ['lock_timeout', 'statement_timeout', 'transaction_timeout']

/**
 * Work that may take and wait as long as it needs, within a transaction that may go on afterwards as it was before. Work that
 * fails takes the settings back with all else.
 */
export async function withoutTimeouts<Result>(
  session: Session,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = await session.rows<Setting>(sql`
    select name, setting from pg_catalog.pg_settings where name = any(${TIMEOUTS}::text[]) and setting <> '0'`)
  await set(
    session,
    before.map(({ name }) => ({ name, setting: '0' })),
  )
  const result = await work()
  await set(session, before)
  return result
}

async function set(session: Session, settings: readonly Setting[]): Promise<void> {
  if (settings.length === 0) return
  const [names, values] = [settings.map(({ name }) => name), settings.map(({ setting }) => setting)]
  await session.rows(sql`
    select set_config(name, setting, true) from unnest(${names}::text[], ${values}::text[]) as given(name, setting)`)
}
