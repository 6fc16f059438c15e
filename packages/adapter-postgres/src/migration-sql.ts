import type { Step } from './migration-steps.js'

/** Any number that nobody else is likely to lock by. */
export const MIGRATION_LOCK = 7_240_113_977

/** Where knex writes which steps were done; beside it, under a name that ends in `_lock`, it has a table of locks. */
export const STEPS_TABLE = 'migrations'

/**
 * Steps as one statement, so that all of them are done or none, whoever runs it: psql, a driver, knex, within a transaction
 * or without. It makes the schema and what knex keeps of its migrations where they are not there, and leaves out what knex
 * has on record.
 */
export function migrationSql(schema: string, steps: readonly Step[]): string {
  const list = `"${schema}".${STEPS_TABLE}`
  const locks = `${list}_lock`
  return [
    `do $campaignkit$
declare
  this_batch int;
begin

perform pg_advisory_xact_lock(${MIGRATION_LOCK});
-- "if not exists" would ask for the right to create one where one is there
if not exists (select from pg_catalog.pg_namespace where nspname = '${schema}') then
  create schema "${schema}";
end if;
if to_regclass('${list}') is null then
  create table ${list} (id serial primary key, name varchar(255), batch int, migration_time timestamptz);
end if;
if to_regclass('${locks}') is null then
  create table ${locks} (index serial primary key, is_locked int);
  insert into ${locks} (is_locked) values (0);
end if;
this_batch := (select coalesce(max(batch), 0) + 1 from ${list});`,
    ...steps.map((step) => stepSql(schema, list, step)),
    'end $campaignkit$;\n',
  ].join('\n\n')
}

function stepSql(schema: string, list: string, { name, up }: Step): string {
  return [
    `-- ${name}\nif not exists (select from ${list} where name = '${name}') then`,
    ...up(schema).map((statement) => `${statement};`),
    `insert into ${list} (name, batch, migration_time) values ('${name}', this_batch, now());\nend if;`,
  ].join('\n\n')
}
