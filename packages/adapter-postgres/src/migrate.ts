import { CampaignKitError } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import { Database, type Session } from './database.js'
import { MIGRATION_LOCK, migrationSql, STEPS_TABLE } from './migration-sql.js'
import { STEPS, type Step } from './migration-steps.js'
import { hostOf } from './pool.js'
import { type Fragment, raw, sql } from './sql.js'
import { withoutTimeouts } from './without-timeouts.js'

/** Which steps of the schema are there, by name, oldest first. */
export interface MigrationStatus {
  readonly done: readonly string[]
  readonly pending: readonly string[]
}

/** Which statements of the migrations are printed. */
export interface MigrationSqlOptions {
  /** The name of a step, such as `0001-first`: only those behind it are printed. @default all of them */
  readonly after?: string
}

/** The steps of a schema. */
export interface Migrations {
  /**
   * Brings the schema up to date, in one transaction. Processes that start at once wait for each other, and one that dies
   * leaves nothing locked: the lock is the transaction's.
   *
   * @returns the steps that were done
   */
  migrate(): Promise<readonly string[]>
  /**
   * Takes back the steps that were done last, together with what stands in their tables.
   *
   * @returns the steps that were taken back
   */
  rollback(): Promise<readonly string[]>
  /** Asks which steps are done; changes nothing. */
  status(): Promise<MigrationStatus>
  /** The statement by which `migrate` does it; empty when no step is to be printed. */
  migrationSql(options?: MigrationSqlOptions): string
}

/** A step that was done, and with which others. */
interface DoneStep {
  readonly name: string
  readonly batch: number
}

/** A snapshot that is taken while one waits for the lock would not show what others did meanwhile. */
const READ_COMMITTED = sql`set transaction isolation level read committed`

export function createMigrations(knex: Knex, schema: string): Migrations {
  const host = hostOf(knex)
  // the isolation of a transaction of the host is the host's
  const database = new Database(host, { before: host.isJoined ? null : READ_COMMITTED })
  const list = raw(`"${schema}".${STEPS_TABLE}`)

  function alone<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return database.transaction((session) =>
      withoutTimeouts(session, async () => {
        await session.rows(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
        return work(session)
      }),
    )
  }

  return {
    migrate: () =>
      alone(async (session) => {
        const done = await doneSteps(session, schema, list)
        requireKnown(done)
        const names = pendingBehind(done)
        // whoever may not make tables may still find that they are there
        if (names.length > 0) await session.rows(raw(migrationSql(schema, STEPS)))
        return names
      }),
    rollback: () =>
      alone(async (session) => {
        const done = await doneSteps(session, schema, list)
        requireKnown(done)
        const names = lastOf(done)
        const steps = names.flatMap((name) => STEPS.filter((step) => step.name === name))
        for (const statement of steps.flatMap(({ down }) => down(schema))) await session.rows(raw(statement))
        if (names.length > 0) await session.rows(sql`delete from ${list} where name = any(${names})`)
        return names
      }),
    status: () =>
      database.transaction(async (session) => {
        const done = await doneSteps(session, schema, list)
        return { done: done.map(({ name }) => name), pending: pendingBehind(done) }
      }),
    migrationSql: (options = {}) => {
      const steps = stepsAfter(options)
      return steps.length === 0 ? '' : migrationSql(schema, steps)
    },
  }
}

async function doneSteps(session: Session, schema: string, list: Fragment): Promise<readonly DoneStep[]> {
  const there = await session.rows(sql`
    select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relname = ${STEPS_TABLE}`)
  return there.length === 0 ? [] : session.rows<DoneStep>(sql`select name, batch from ${list} order by id`)
}

function pendingBehind(done: readonly DoneStep[]): readonly string[] {
  return STEPS.map(({ name }) => name).filter((name) => !done.some((step) => step.name === name))
}

/** Those that were done together last, in the order in which they are taken back. */
function lastOf(done: readonly DoneStep[]): readonly string[] {
  const last = Math.max(...done.map(({ batch }) => batch))
  const names = done.filter(({ batch }) => batch === last).map(({ name }) => name)
  return names.reverse()
}

function requireKnown(done: readonly DoneStep[]): void {
  const later = done.find(({ name }) => !STEPS.some((step) => step.name === name))
  if (later === undefined) return
  throw new CampaignKitError('STORAGE_FAILED', 'The tables are those of a later version of the kit', {
    details: { step: later.name },
  })
}

/** @throws INVALID_INPUT with path `after` */
function stepsAfter({ after }: MigrationSqlOptions): readonly Step[] {
  if (after === undefined) return STEPS
  const at = STEPS.findIndex(({ name }) => name === after)
  if (at >= 0) return STEPS.slice(at + 1)
  throw new CampaignKitError('INVALID_INPUT', 'after: expected the name of a step', { path: 'after' })
}
