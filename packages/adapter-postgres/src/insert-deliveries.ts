import type { Delivery, Scope } from '@campaignkit/core/adapter'
import { given, namesOf, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { DELIVERY_COLUMNS } from './delivery-row.js'
import { brokenConstraint, idTaken } from './failures.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

/**
 * Adds deliveries; one whose place is taken already is left out.
 *
 * @throws STORAGE_FAILED when the id of one belongs to another delivery
 */
export async function insertDeliveries(
  session: Session,
  { deliveries }: Tables,
  { tenant }: Scope,
  added: readonly Delivery[],
): Promise<void> {
  if (added.length === 0) return
  try {
    await session.rows(sql`
      insert into ${deliveries} (tenant, ${namesOf(DELIVERY_COLUMNS)})
      select ${tenant}, ${typedNamesOf(DELIVERY_COLUMNS)} from ${given(DELIVERY_COLUMNS, added)}
      on conflict on constraint deliveries_place do nothing`)
  } catch (error) {
    if (brokenConstraint(error) === 'deliveries_id') throw idTaken('delivery')
    throw error
  }
}
