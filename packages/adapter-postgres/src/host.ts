import type { Knex } from 'knex'
import { READ_AS_OURS } from './answered-types.js'

/** A statement with a `?` for each value, or with the numbers of its values. */
export interface Asked {
  readonly sql: string
  readonly bindings: readonly (string | number | boolean | null)[]
  /** For the driver: the connection keeps the statement ready under this name. */
  readonly options?: { readonly name?: string }
}

export type Ask = <Row>(asked: Asked) => Promise<readonly Row[]>

/** How statements reach the host's database. */
export interface Host {
  /** Whether all is within one transaction of the host. */
  readonly isJoined: boolean
  /** Whether connections keep statements ready that have a name. */
  readonly keepsReady: boolean
  /** Of itself each statement is a transaction. */
  readonly ask: Ask
  /** All that is asked within, or nothing of it; no more than that may be asked once it has ended. */
  transaction<Result>(work: (ask: Ask) => Promise<Result>): Promise<Result>
}

/** By knex's own means, which alone know of savepoints: in a transaction of the host, ours are some. */
export function throughKnex(knex: Knex): Host {
  return {
    isJoined: knex.isTransaction === true,
    keepsReady: false,
    ask: askOf(knex),
    transaction: (work) => knex.transaction((inner) => work(askOf(inner))),
  }
}

function askOf(knex: Knex): Ask {
  return async <Row>({ sql, bindings }: Asked) => {
    const { rows } = await knex.raw<{ readonly rows: readonly Row[] }>(sql, bindings).options(READ_AS_OURS)
    return rows
  }
}
