import type { HostTransaction } from '@campaignkit/core/testing'
import type { Knex } from 'knex'

/** A transaction that the host has begun. */
export async function beginHostTransaction(knex: Knex): Promise<HostTransaction> {
  const transaction = await knex.transaction()
  return {
    transaction,
    commit: async () => void (await transaction.commit()),
    rollback: async () => void (await transaction.rollback()),
  }
}
