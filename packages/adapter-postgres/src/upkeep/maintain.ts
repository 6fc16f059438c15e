import type { Database } from '../database.js'
import { sql } from '../sql.js'
import type { Tables } from '../tables.js'
import { withoutTimeouts } from '../without-timeouts.js'
import { SWEEPS, type SweptKind } from './old-rows.js'
import { type Alone, dropPartitions, makePartitions } from './partitions.js'
import { parseUpkeep, type UpkeepOptions, type UpkeepSettings } from './upkeep-options.js'

/** What upkeep came to. */
export interface UpkeepOutcome {
  /** `more`: rows are left whose time is over, call again; `busy`: another process does upkeep, and this one stopped there. */
  readonly outcome: 'done' | 'more' | 'busy'
  /** Partitions of events that were made, such as `events_2026m03`. */
  readonly made: readonly string[]
  /** Partitions of events that were dropped. */
  readonly dropped: readonly string[]
  /** Rows that were deleted, by kind. */
  readonly deleted: Readonly<Record<SweptKind, number>>
}

const KINDS = Object.keys(SWEEPS) as readonly SweptKind[]
const NOTHING = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Readonly<Record<SweptKind, number>>
const SEED = 7_240_114
/** Upkeep gives way: whoever holds a table for longer is waited for the next time. */
const LOCK_TIMEOUT_MS = 2_000

/** The rule of `PostgresStorage.maintain`: short transactions, one after the other, each of them alone among all processes. */
export async function maintain(
  database: Database,
  tables: Tables,
  options: UpkeepOptions,
): Promise<UpkeepOutcome> {
  const settings = parseUpkeep(options)
  const alone = aloneIn(database, tables)
  const made = await makePartitions(database, alone, tables, settings)
  const dropped = made === null ? null : await dropPartitions(database, alone, tables, settings)
  if (made === null || dropped === null)
    return { outcome: 'busy', made: made ?? [], dropped: dropped ?? [], deleted: NOTHING }
  return { made, dropped, ...(await sweepAll(alone, tables, settings)) }
}

async function sweepAll(
  alone: Alone,
  tables: Tables,
  settings: UpkeepSettings,
): Promise<Pick<UpkeepOutcome, 'outcome' | 'deleted'>> {
  const deleted = { ...NOTHING }
  for (const kind of KINDS) {
    const count = await alone((session) => SWEEPS[kind](session, tables, settings))
    if (count === null) return { outcome: 'busy', deleted }
    deleted[kind] = count
  }
  const isFull = KINDS.some((kind) => deleted[kind] >= settings.mostRows)
  return { outcome: isFull ? 'more' : 'done', deleted }
}

/** The lock is the transaction's: a process that dies leaves none behind. A month is dropped however long that takes. */
function aloneIn(database: Database, { schema }: Tables): Alone {
  return (work) =>
    database.transaction((session) =>
      withoutTimeouts(session, async () => {
        const [row] = await session.rows<{ readonly is_ours: boolean }>(sql`
          select pg_try_advisory_xact_lock(hashtextextended(${schema.text}, ${SEED})) as is_ours,
            set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true) as waits`)
        return row?.is_ours === true ? work(session) : null
      }),
    )
}
