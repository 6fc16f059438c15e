import { CampaignKitError } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import { type Session, sessionOf, tried } from './database.js'
import { hasTable } from './has-table.js'
import { throughKnex } from './host.js'
import { MIGRATION_LOCK, migrationSql, STEPS_TABLE } from './migration-sql.js'
import { STEPS, type Step } from './migration-steps.js'
import { requireFields } from './require-fields.js'
import { raw, sql } from './sql.js'
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
  /** The same as one statement, for a host that runs its migrations by itself; empty when no step is to be printed. */
  migrationSql(options?: MigrationSqlOptions): string
}

/** The steps of a schema as migrations of knex, with a table of their own in it. */
export function createMigrations(knex: Knex, schema: string): Migrations {
  const host = throughKnex(knex)
  // a snapshot that is taken while one waits for the lock would not show what others did meanwhile; that of a transaction of
  // the host is the host's
  const isolation: Knex.TransactionConfig = host.isJoined ? {} : { isolationLevel: 'read committed' }
  const config = configFor(schema)

  function within<Result>(
    work: (session: Session, transaction: Knex.Transaction) => Promise<Result>,
  ): Promise<Result> {
    return tried(host, () =>
      knex.transaction(
        (transaction) => work(sessionOf(throughKnex(transaction).ask), transaction),
        isolation,
      ),
    )
  }

  const alone: typeof within = (work) =>
    within((session, transaction) =>
      withoutTimeouts(session, async () => {
        await session.rows(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
        return work(session, transaction)
      }),
    )

  return {
    migrate: () =>
      alone(async (session, transaction) => {
        const names = pendingBehind(requireKnown(await doneSteps(session, schema)))
        // whoever may not make tables may still find that they are there
        if (names.length === 0) return []
        await makeSchema(session, schema)
        await transaction.migrate.latest(config)
        return names
      }),
    rollback: () =>
      alone(async (session, transaction) => {
        const done = requireKnown(await doneSteps(session, schema))
        if (done.length === 0) return []
        const [, names] = await transaction.migrate.rollback(config)
        return names.map(nameOf)
      }),
    status: () =>
      within(async (session) => {
        const done = await doneSteps(session, schema)
        return { done, pending: pendingBehind(done) }
      }),
    migrationSql: (options = {}) => {
      const steps = stepsAfter(options)
      return steps.length === 0 ? '' : migrationSql(schema, steps)
    },
  }
}

function configFor(schema: string): Knex.MigratorConfig {
  return {
    schemaName: schema,
    tableName: STEPS_TABLE,
    // the transaction around it all is enough
    disableTransactions: true,
    migrationSource: {
      getMigrations: async () => [...STEPS],
      getMigrationName: (step: Step) => step.name,
      getMigration: async ({ up, down }: Step) => ({
        up: (knex: Knex) => runAll(knex, up(schema)),
        down: (knex: Knex) => runAll(knex, down(schema)),
      }),
    },
  }
}

async function runAll(knex: Knex, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await knex.raw(statement)
}

function nameOf(migration: string | { readonly name: string }): string {
  return typeof migration === 'string' ? migration : migration.name
}

/** `if not exists` would ask for the right to make one where one is there. */
async function makeSchema(session: Session, schema: string): Promise<void> {
  const there = await session.rows(sql`select from pg_catalog.pg_namespace where nspname = ${schema}`)
  if (there.length === 0) await session.rows(raw(`create schema "${schema}"`))
}

async function doneSteps(session: Session, schema: string): Promise<readonly string[]> {
  if (!(await hasTable(session, schema, STEPS_TABLE))) return []
  const list = raw(`"${schema}".${STEPS_TABLE}`)
  const rows = await session.rows<{ readonly name: string }>(sql`select name from ${list} order by id`)
  return rows.map(({ name }) => name)
}

function pendingBehind(done: readonly string[]): readonly string[] {
  return STEPS.map(({ name }) => name).filter((name) => !done.includes(name))
}

function requireKnown(done: readonly string[]): readonly string[] {
  const later = done.find((name) => !STEPS.some((step) => step.name === name))
  if (later === undefined) return done
  throw new CampaignKitError('STORAGE_FAILED', 'The tables are those of a later version of the kit', {
    details: { step: later },
  })
}

/** @throws INVALID_INPUT with path `after`, UNKNOWN_FIELD */
function stepsAfter(options: MigrationSqlOptions): readonly Step[] {
  requireFields(options, ['after'])
  const { after } = options
  if (after === undefined) return STEPS
  const at = STEPS.findIndex(({ name }) => name === after)
  if (at >= 0) return STEPS.slice(at + 1)
  throw new CampaignKitError('INVALID_INPUT', 'after: expected the name of a step', { path: 'after' })
}
