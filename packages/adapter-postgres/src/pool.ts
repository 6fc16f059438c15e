import type { Knex } from 'knex'
import { READ_AS_OURS } from './answered-types.js'
import { arrayLiteral } from './columns.js'
import { type Ask, type Asked, type Host, throughKnex } from './host.js'
import { eachHole } from './sql.js'

/** By what knex tells connections and their transactions apart. */
interface Connection {
  readonly __knexUid?: string
  __knexTxId?: string
}

/** What is used of the client of knex. */
interface Client {
  acquireConnection(): Promise<Connection>
  releaseConnection(connection: Connection): Promise<void>
  /** Sends a statement, and tells who listens of it and of its failure. */
  query(connection: Connection, asked: Asked): Promise<{ readonly response: Answer }>
  emit(event: string, ...told: readonly unknown[]): unknown
  listenerCount(event: string): number
}

interface Answer {
  readonly rows: readonly unknown[]
}

/** Events that knex tells with its object of the statement, which is made where somebody listens. */
const TOLD_WITH_BUILDER = ['start', 'query-response']

/** Whatever the role begins with: a statement that has waited for a lock is to see what was written meanwhile. */
const BEGIN: Asked = { sql: 'BEGIN ISOLATION LEVEL READ COMMITTED;', bindings: [] }
const COMMIT: Asked = { sql: 'COMMIT;', bindings: [] }
const ROLLBACK: Asked = { sql: 'ROLLBACK;', bindings: [] }

/** The driver's protocol counts the values of a statement in 16 bits. */
const MOST_VALUES = 65_535
/** Where there are more, so many stand in a list together: one is sought from the beginning of its list. */
const A_LIST = 1_000

let transactions = 0
let statements = 0

/**
 * Sends statements over the connections of a knex instance as knex sends its own. To have it build, run and take apart
 * an object for each of them, and a knex for each transaction, takes longer than the driver does. Who listens to knex
 * hears of them as of any other; its `postProcessResponse` is not for them.
 */
export function createPool(knex: Knex): Host {
  const client = knex.client as Client

  async function lend<Result>(use: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await client.acquireConnection()
    try {
      return await use(connection)
    } finally {
      void client.releaseConnection(connection)
    }
  }

  async function send<Row>(connection: Connection, asked: Asked): Promise<readonly Row[]> {
    const isHeard = hasListeners()
    const builder = isHeard ? knex.raw(asked.sql) : null
    if (isHeard) client.emit('start', builder)
    const { __knexUid, __knexTxId } = connection
    statements += 1
    const options = { ...asked.options, ...READ_AS_OURS }
    const sent = { ...sendable(asked), options, method: 'raw', __knexQueryUid: `campaignkit${statements}` }
    const { response } = await client.query(connection, sent)
    if (isHeard) client.emit('query-response', response, { __knexUid, __knexTxId, ...sent }, builder)
    return response.rows as readonly Row[]
  }

  function hasListeners(): boolean {
    // the client has one that passes on to its knex what it hears
    return TOLD_WITH_BUILDER.some((event) => knex.listenerCount(event) > 0 || client.listenerCount(event) > 1)
  }

  async function within<Result>(
    connection: Connection,
    work: (ask: Ask) => Promise<Result>,
  ): Promise<Result> {
    let isOpen = true
    const end = (asked: Asked) => {
      isOpen = false
      return send(connection, asked)
    }
    await send(connection, BEGIN)
    const result = await work(async (asked) => {
      if (!isOpen) throw new Error('the transaction has ended')
      return send(connection, asked)
    }).catch(async (error: unknown) => {
      // fails where the connection is gone, and the transaction with it
      await end(ROLLBACK).catch(() => undefined)
      throw error
    })
    await end(COMMIT)
    return result
  }

  return {
    isJoined: false,
    keepsReady: true,
    ask: (asked) => lend((connection) => send(connection, asked)),
    transaction: (work) =>
      lend(async (connection) => {
        transactions += 1
        connection.__knexTxId = `campaignkit${transactions}`
        try {
          return await within(connection, work)
        } finally {
          delete connection.__knexTxId
        }
      }),
  }
}

/** The way to a host's database by what the host has: a knex instance, or a transaction of one. */
export function hostOf(knex: Knex): Host {
  return knex.isTransaction === true ? throughKnex(knex) : createPool(knex)
}

/** A statement with however many values. */
function sendable(asked: Asked): Asked {
  const { sql, bindings } = asked
  if (bindings.length <= MOST_VALUES) return asked
  const text = eachHole(sql, (at) => `($${Math.floor(at / A_LIST) + 1}::text[])[${(at % A_LIST) + 1}]`)
  const lists = Array.from({ length: Math.ceil(bindings.length / A_LIST) }, (_, list) =>
    arrayLiteral(bindings.slice(list * A_LIST, (list + 1) * A_LIST)),
  )
  return { sql: text, bindings: lists }
}
