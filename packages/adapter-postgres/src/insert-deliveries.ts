import type { Delivery, Scope } from '@campaignkit/core/adapter'
import { given, namesOf, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { firstId } from './deliveries-of.js'
import { DELIVERY_COLUMNS } from './delivery-row.js'
import { brokenConstraint, idTaken } from './failures.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/**
 * Adds deliveries; one whose place is taken already is left out. A place that a freezing gave is found by its id.
 *
 * @throws STORAGE_FAILED when the id of one belongs to another delivery
 */
export async function insertDeliveries(
  session: Session,
  { members, deliveries }: Tables,
  { tenant }: Scope,
  added: readonly Delivery[],
): Promise<void> {
  if (added.length === 0) return
  try {
    await session.rows(sql`
      insert into ${deliveries} (tenant, is_first, ${namesOf(DELIVERY_COLUMNS)})
      select ${tenant}, false, ${typedNamesOf(DELIVERY_COLUMNS)} from ${given(DELIVERY_COLUMNS, added)}
      where given.step <> 0 or not exists (
        select 1 from ${members} as m
        join ${deliveries} as d on d.tenant = m.tenant and d.id = ${firstId(raw('m.run_id'), raw('m.rank'), raw('given.channel'))}
        where m.tenant = ${tenant} and m.run_id = given.run_id and m.customer_id = given.customer_id and d.is_first)
      on conflict (tenant, run_id, customer_id, step, channel) where not is_first do nothing`)
  } catch (error) {
    if (brokenConstraint(error) === 'deliveries_id') throw idTaken('delivery')
    throw error
  }
}
