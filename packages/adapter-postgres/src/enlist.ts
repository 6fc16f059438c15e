import { CampaignKitError } from '@campaignkit/core/adapter'
import type { Knex } from 'knex'
import type { Database } from './database.js'
import { sql } from './sql.js'
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

/**
 * Whether a transaction was committed, by a mark that it left: a commit can be a rollback in truth (of a transaction in which a
 * statement had failed, of a savepoint within another), and one of which no answer came may have happened.
 *
 * @param mark - a text that no other transaction has
 */
export async function isCommitted(
  transaction: Knex.Transaction,
  database: Database,
  { enlistments }: Tables,
  mark: string,
): Promise<boolean> {
  for (
    let each: Knex.Transaction | undefined = transaction;
    each !== undefined;
    each = each.parentTransaction
  )
    await each.executionPromise.catch(() => undefined)
  const gone = await database.rows<{ readonly mark: string }>(sql`
    delete from ${enlistments} where mark = ${mark} or at < now() - ${KEPT}::interval returning mark`)
  return gone.some((row) => row.mark === mark)
}
