import type { Delivery, Scope } from '@campaignkit/core/adapter'
import { given, namesOf, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { DELIVERY_COLUMNS } from './delivery-row.js'
import { brokenConstraint, idTaken } from './failures.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const OF_PLACEMENT = raw('(tenant, run_id, placement, step, channel) where placement is not null')

const isToCustomer = ({ customerId }: Delivery) => customerId !== null

/**
 * Adds deliveries, in a transaction of the caller's; one whose place is taken already is left out.
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
    const insert = (some: readonly Delivery[], ifThere: Fragment) =>
      session.rows(sql`
        insert into ${deliveries} (tenant, ${namesOf(DELIVERY_COLUMNS)})
        select ${tenant}, ${typedNamesOf(DELIVERY_COLUMNS)} from ${given(DELIVERY_COLUMNS, some)}
        on conflict ${ifThere} do nothing`)
    const [toCustomers, posts] = [added.filter(isToCustomer), added.filter((each) => !isToCustomer(each))]
    if (toCustomers.length > 0) await insert(toCustomers, raw('on constraint deliveries_place'))
    if (posts.length > 0) await insert(posts, OF_PLACEMENT)
  } catch (error) {
    if (brokenConstraint(error) === 'deliveries_id') throw idTaken('delivery')
    throw error
  }
}
