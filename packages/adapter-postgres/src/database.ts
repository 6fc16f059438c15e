import { type DurationMs, isCampaignKitError } from '@campaignkit/core/adapter'
import { arrayLiteral } from './columns.js'
import { isNotSerializable, isReadOnly, isUnknownStatement, meaningOf, storageFailed } from './failures.js'
import type { Ask, Host } from './host.js'
import { wait } from './pause.js'
import { type Fragment, type SqlValue, sql } from './sql.js'
import { createCommit } from './unanswered-commit.js'

/** Runs statements, each of them or all of them in one transaction. */
export interface Session {
  rows<Row>(statement: Fragment): Promise<readonly Row[]>
  /** Notes a statement that gives a row once the transaction is committed, and none as long as it is not. */
  leave(trace: Fragment): void
}

/** Statements that a database adds to those that it is given. */
export interface DatabaseOptions {
  /** Done once before all else, outside of every savepoint. */
  readonly first?: ((session: Session) => Promise<void>) | null
  /** At the beginning of each transaction; makes one of each single statement. */
  readonly before?: Fragment | null
}

/** How often a transaction is done that meets others, and one that finds the database away: for six seconds then. */
const MOST_TRIES = { atOnce: 5, whenBack: 7 }
/** How long a database that is away is given before the second try; twice as long each time. */
const FIRST_WAIT_MS: DurationMs = 100

/** The host's connection pool or transaction, with the rules by which the storage uses it. */
export class Database implements Session {
  readonly #host: Host
  readonly #first: ((session: Session) => Promise<void>) | null
  readonly #before: Fragment | null
  #begun: Promise<void> | null = null
  /** False once a connection did not know a statement again: a pooler gives out others in between. */
  #keepsReady: boolean
  /** False once a statement by itself met others as they do where the role begins with a stricter isolation. */
  #asksAlone = true

  /** Without statements of its own unless they are given. */
  constructor(host: Host, { first = null, before = null }: DatabaseOptions = {}) {
    this.#host = host
    this.#keepsReady = host.keepsReady
    this.#before = before
    this.#first = first
  }

  /** One statement, which is a transaction of its own: in that of the host a savepoint, or its failure would end it all. */
  rows<Row>(statement: Fragment): Promise<readonly Row[]> {
    if (this.#host.isJoined || this.#before !== null)
      return this.transaction((session) => session.rows<Row>(statement))
    return this.#tried(() =>
      this.#asksAlone
        ? rowsOf<Row>(this.#host.ask, statement, this.#keepsReady)
        : this.#host.transaction((ask) => rowsOf<Row>(ask, statement, this.#keepsReady)),
    )
  }

  /**
   * Statements that are written all or none. When another transaction stood in the way, or the connection was lost
   * before the end, the whole of it is done again: while the database is away, for some seconds. What leaves a trace is
   * not done again when only the answer to its commit was lost.
   */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const commit = createCommit<Result>((statement) => rowsOf(this.#host.ask, statement))
    const once = () =>
      this.#host.transaction(async (ask) => {
        if (this.#before !== null) await rowsOf(ask, this.#before)
        const session = sessionOf(ask, this.#keepsReady)
        const result = await work(session)
        return commit.note(session.trace, result)
      })
    return this.#tried(async () => {
      await this.#begin()
      return commit.unlessDone(once)
    })
  }

  /** Of itself each statement is a transaction, of which nothing is noted. */
  leave(): void {}

  async #begin(): Promise<void> {
    if (this.#first === null) return
    this.#begun ??= this.#first(sessionOf(this.#host.ask))
    await this.#begun
  }

  #tried<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return tried(this.#host, attempt, (error) => {
      this.#keepsReady &&= !isUnknownStatement(error)
      this.#asksAlone &&= !isNotSerializable(error)
    })
  }
}

/**
 * What an attempt comes to, which is a transaction: done again when another one stood in the way, or when the database was
 * away and is back. Within the host's transaction nothing can be tried again: what failed has ended it.
 *
 * @param note - hears of each failure
 * @throws STORAGE_FAILED
 */
export async function tried<Result>(
  { isJoined, ask }: Host,
  attempt: () => Promise<Result>,
  note: (error: unknown) => void = () => undefined,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (isCampaignKitError(error)) throw error
      note(error)
      const { again } = meaningOf(error)
      if (isJoined || again === 'no' || tries >= MOST_TRIES[again]) throw storageFailed(error)
      if (again === 'whenBack') await waitUntilBack(ask, error, tries)
    }
  }
}

async function waitUntilBack(ask: Ask, error: unknown, tries: number): Promise<void> {
  // else the pool would give out the same connection again
  if (isReadOnly(error)) await rowsOf(ask, END_READ_ONLY).catch(() => undefined)
  await wait(FIRST_WAIT_MS * 2 ** (tries - 1))
}

/** Ends the connection that it is run on, if that leads to a server that only reads. */
const END_READ_ONLY = sql`
  select pg_terminate_backend(pg_backend_pid()) where current_setting('transaction_read_only') = 'on'`

/** A session that knows what was left in it last. */
interface TracedSession extends Session {
  readonly trace: Fragment | null
}

/** Statements of a transaction that is under way. */
export function sessionOf(ask: Ask, keepsReady = false): TracedSession {
  let left: Fragment | null = null
  return {
    rows: <Row>(statement: Fragment) => rowsOf<Row>(ask, statement, keepsReady),
    leave: (trace) => {
      left = trace
    },
    get trace() {
      return left
    },
  }
}

async function rowsOf<Row>(ask: Ask, statement: Fragment, keepsReady = false): Promise<readonly Row[]> {
  const ready = keepsReady ? statement.ready() : null
  if (ready === null) return ask<Row>({ sql: statement.text, bindings: statement.values.map(bindingOf) })
  const { name, text, values } = ready
  return ask<Row>({ sql: text, bindings: values.map(bindingOf), options: { name } })
}

/** A list is written here: the driver would go through all of its elements, with two searches in each. */
function bindingOf(value: SqlValue): string | number | boolean | null {
  return typeof value === 'object' && value !== null ? arrayLiteral(value) : value
}
