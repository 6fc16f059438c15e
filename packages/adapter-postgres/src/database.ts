import { isCampaignKitError } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import { meaningOf, storageFailed } from './failures.js'
import type { Fragment } from './sql.js'

/** Runs statements, each of them or all of them in one transaction. */
export interface Session {
  rows<Row>(statement: Fragment): Promise<readonly Row[]>
}

const MOST_TRIES = 5

/** The host's connection pool or transaction, with the rules by which the storage uses it. */
export class Database implements Session {
  readonly #knex: Knex
  readonly #isJoined: boolean

  constructor(knex: Knex) {
    this.#knex = knex
    this.#isJoined = knex.isTransaction === true
  }

  /** One statement, which is a transaction of its own. */
  rows<Row>(statement: Fragment): Promise<readonly Row[]> {
    return this.#tried(() => rowsOf<Row>(this.#knex, statement))
  }

  /**
   * Statements that are written all or none. When another transaction stood in the way, or the connection was lost
   * before the end, the whole of it is done again.
   */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#tried(() =>
      this.#knex.transaction((transaction) =>
        work({ rows: <Row>(statement: Fragment) => rowsOf<Row>(transaction, statement) }),
      ),
    )
  }

  /** Within the host's transaction nothing can be tried again: what failed has ended it. */
  async #tried<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt()
      } catch (error) {
        if (isCampaignKitError(error)) throw error
        if (this.#isJoined || tries >= MOST_TRIES || !meaningOf(error).again) throw storageFailed(error)
      }
    }
  }
}

async function rowsOf<Row>(knex: Knex, { text, values }: Fragment): Promise<readonly Row[]> {
  const { rows } = await knex.raw<{ readonly rows: readonly Row[] }>(
    text,
    values as readonly Knex.RawBinding[],
  )
  return rows
}
