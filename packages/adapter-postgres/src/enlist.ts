import { CampaignKitError } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import type { Session } from './database.js'
import { requireExactNumbers, SHOWN_DIGITS, type ShownDigits } from './exact-numbers.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** For how long the mark of a transaction is kept whose end nobody came to ask. */
const KEPT = '1 day'

/** @throws INVALID_INPUT with path `transaction` when it is none of knex, or has ended */
export function requireTransaction(transaction: unknown): Knex.Transaction {
  if (isTransaction(transaction) && !transaction.isCompleted()) return transaction
  throw new CampaignKitError('INVALID_INPUT', 'transaction: expected a transaction of knex that is open', {
    path: 'transaction',
  })
}

function isTransaction(value: unknown): value is Knex.Transaction {
  return typeof value === 'function' && 'isTransaction' in value && value.isTransaction === true
}

/** A row of its own that a transaction leaves. */
export interface Mark {
  leave(session: Session): Promise<void>
  /** Takes the mark away. @returns whether it was there, and so the transaction stands */
  find(session: Session): Promise<boolean>
}

/**
 * Leaves a mark by which a transaction is known when no answer comes to its commit; upkeep takes it away a day later. For one that
 * tells what it would not tell again, and writes no entry of the journal.
 */
export async function leaveMark(session: Session, { enlistments }: Tables): Promise<void> {
  const [row] = await session.rows<MarkRow>(sql`insert into ${enlistments} default values returning mark`)
  session.leave(sql`select 1 from ${enlistments} where mark = ${row?.mark ?? null}`)
}

/** The mark of one transaction. */
export function createMark({ enlistments }: Tables): Mark {
  let mark: string | null = null
  return {
    leave: async (session) => {
      const [row] = await session.rows<MarkRow & ShownDigits>(
        sql`insert into ${enlistments} default values returning mark, ${raw(SHOWN_DIGITS)}`,
      )
      mark = row?.mark ?? null
      if (row !== undefined) requireExactNumbers(row)
    },
    find: async (session) => {
      const gone = await session.rows<MarkRow>(sql`
        delete from ${enlistments} where mark = ${mark} or at < now() - ${KEPT}::interval returning mark`)
      return gone.some((row) => row.mark === mark)
    },
  }
}

interface MarkRow {
  readonly mark: string
}

/**
 * Whether a transaction was committed, by the mark that it left: a commit can be a rollback in truth (of a transaction in which a
 * statement had failed, of a savepoint within another), and one of which no answer came may have happened.
 */
export async function isCommitted(
  transaction: Knex.Transaction,
  session: Session,
  mark: Mark,
): Promise<boolean> {
  for (
    let each: Knex.Transaction | undefined = transaction;
    each !== undefined;
    each = each.parentTransaction
  )
    await each.executionPromise.catch(() => undefined)
  return mark.find(session)
}
