import { type FreezingStore, type Run, type Scope, versionConflict } from '@campaignkit/core/adapter'
import type { Announcer } from './announcements.js'
import { replaceRun } from './campaigns.js'
import type { Database, Session } from './database.js'
import { placeMembers } from './place-members.js'
import { insertPlanned } from './planned-rows.js'
import { settleAddresses } from './settle-addresses.js'
import { countPlanned } from './slice-sizes.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

/** From so many members on, what the planner of statements knows of the tables is brought up to date with a run. */
const ANALYZED_FROM = 20_000

/** Where a freezing is written. */
interface Databases {
  readonly database: Database
  /** For the statements that go through a whole run, or a large part of one. */
  readonly unbounded: Database
}

/** The runs of {@link createPostgresStorage} while they are frozen. */
export function createFreezingStore(
  { database, unbounded }: Databases,
  tables: Tables,
  { announce }: Announcer,
): FreezingStore {
  const { planned_members: planned, planned_stretches: stretches, members, deliveries } = tables
  return {
    append: async (scope, moved, added) => {
      await database.transaction(async (session) => {
        await replaceRun(session, tables, scope, moved, moved.version - 1)
        await insertPlanned(session, tables, scope, moved, added)
      })
      announce(scope, [moved.campaignId])
    },
    settleAddresses: (scope, run) =>
      unbounded.transaction(async (session) => {
        await holdRun(session, tables, scope, run)
        await settleAddresses(session, tables, scope, run.id)
        await session.rows(
          sql`delete from ${stretches} where tenant = ${scope.tenant} and run_id = ${run.id}`,
        )
      }),
    sizes: (scope, runId) => countPlanned(unbounded, tables, scope, runId),
    place: async (scope, run, placement) => {
      await unbounded.transaction(async (session) => {
        await holdRun(session, tables, scope, run)
        await placeMembers(session, tables, scope, run.id, placement)
      })
      announce(scope, [run.campaignId])
    },
    discard: async ({ tenant }, runId) => {
      await database.transaction(async (session) => {
        for (const table of [planned, stretches])
          await session.rows(sql`delete from ${table} where tenant = ${tenant} and run_id = ${runId}`)
      })
    },
    finish: async (_scope, _runId, count) => {
      if (count < ANALYZED_FROM) return
      await Promise.all([members, deliveries].map((table) => unbounded.rows(sql`analyze ${table}`)))
    },
  }
}

/** Room for the sort of a slice, of which each placement has one or two. */
const WORK_MEMORY = '64MB'

/**
 * Keeps a run in its version up to the end of the transaction, beside others who do so too.
 *
 * @throws VERSION_CONFLICT
 */
export async function holdRun(
  session: Session,
  { runs }: Tables,
  { tenant }: Scope,
  { id, version }: Run,
): Promise<void> {
  const [stored] = await session.rows<{ readonly version: number }>(sql`
    select version, set_config('work_mem', ${WORK_MEMORY}, true)
    from ${runs} where tenant = ${tenant} and id = ${id} for share`)
  if (stored?.version !== version) throw versionConflict(version, stored?.version ?? null)
}
