import { firstTables } from './migrations/0001-first.js'
import { TABLE_NAMES } from './tables.js'

/** One step of the schema, forwards and back. */
export interface Step {
  readonly name: string
  up(schema: string): readonly string[]
  /** Without `cascade`, which would take what the host has built on the tables: where something is, the step stays. */
  down(schema: string): readonly string[]
}

/** Oldest first. What has been released is never changed, only added to. */
export const STEPS: readonly Step[] = [
  {
    name: '0001-first',
    up: firstTables,
    // tables use the functions and the type
    down: (schema) => [
      ...TABLE_NAMES.map((table) => `drop table if exists "${schema}".${table}`),
      `drop sequence if exists "${schema}".turns`,
      ...FUNCTIONS.map((name) => `drop function if exists "${schema}".${name}`),
      `drop type if exists "${schema}".planned_member`,
    ],
  },
]

const FUNCTIONS = ['reserve_slots', 'facts_fit', 'tag_bits', 'count_deliveries']
