import type { Knex } from 'knex'
import { firstTables } from './migrations/0001-first.js'
import { checkSchemaName, TABLE_NAMES } from './tables.js'

/** One step of the schema, forwards and back. */
interface Step {
  readonly name: string
  up(schema: string): readonly string[]
  down(schema: string): readonly string[]
}

/** Oldest first. What has been released is never changed, only added to. */
const STEPS: readonly Step[] = [
  {
    name: '0001-first',
    up: firstTables,
    down: (schema) => [
      `drop sequence if exists "${schema}".turns`,
      `drop function if exists "${schema}".reserve_slots`,
      `drop function if exists "${schema}".facts_fit cascade`,
      `drop function if exists "${schema}".tag_bits cascade`,
      `drop function if exists "${schema}".count_deliveries cascade`,
      ...TABLE_NAMES.map((table) => `drop table if exists "${schema}".${table} cascade`),
      `drop type if exists "${schema}".planned_member`,
    ],
  },
]

/** Where the tables of a storage stand. */
export interface Place {
  readonly knex: Knex
  readonly schema: string
}

/** Which steps of the schema are there, by name, oldest first. */
export interface MigrationStatus {
  readonly done: readonly string[]
  readonly pending: readonly string[]
}

/** Any number that nobody else is likely to lock by. */
const MIGRATION_LOCK = 7_240_113_977

const TABLE = 'migrations'

/**
 * Brings the schema up to date, in one transaction. Processes that start at once wait for each other, and one that dies
 * leaves nothing locked: the lock is the transaction's.
 *
 * @returns the steps that were done
 */
export function migrate({ knex, schema }: Place): Promise<readonly string[]> {
  return locked(knex, async (transaction) => {
    await transaction.raw(`create schema if not exists "${schema}"`)
    const [, names] = await transaction.migrate.latest(configFor(schema))
    return names.map(nameOf)
  })
}

/**
 * Takes back the steps that were done last, together with what stands in their tables.
 *
 * @returns the steps that were taken back
 */
export function rollback({ knex, schema }: Place): Promise<readonly string[]> {
  return locked(knex, async (transaction) => {
    await transaction.raw(`create schema if not exists "${schema}"`)
    const [, names] = await transaction.migrate.rollback(configFor(schema))
    return names.map(nameOf)
  })
}

/** Asks which steps are done; changes nothing. */
export async function migrationStatus({ knex, schema }: Place): Promise<MigrationStatus> {
  const isThere = await knex.schema.withSchema(schema).hasTable(TABLE)
  const rows = isThere
    ? await knex.withSchema(schema).select<{ readonly name: string }[]>('name').from(TABLE).orderBy('id')
    : []
  const done = rows.map(({ name }) => name)
  return { done, pending: STEPS.map(({ name }) => name).filter((name) => !done.includes(name)) }
}

/** The statements of every step, for a host that runs its migrations by itself. */
export function migrationSql(schema: string): string {
  checkSchemaName(schema)
  const statements = STEPS.flatMap(({ name, up }) => [`-- ${name}`, ...up(schema).map((text) => `${text};`)])
  return [`create schema if not exists "${schema}";`, ...statements, ''].join('\n\n')
}

function locked<Result>(
  knex: Knex,
  work: (transaction: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  return knex.transaction(async (transaction) => {
    await transaction.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK])
    return work(transaction)
  })
}

function configFor(schema: string): Knex.MigratorConfig {
  return {
    schemaName: schema,
    tableName: TABLE,
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
  // knex takes a question mark for a binding
  for (const statement of statements) await knex.raw(statement.replaceAll('?', '\\?'))
}

function nameOf(migration: string | { readonly name: string }): string {
  return typeof migration === 'string' ? migration : migration.name
}
