import type { Delivery, Scope } from '@campaignkit/core/adapter'
import { given, namesOf, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { firstId } from './deliveries-of.js'
import { DELIVERY_COLUMNS } from './delivery-row.js'
import { brokenConstraint, idTaken } from './failures.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const OF_PLACEMENT = raw('(tenant, run_id, placement, step, channel) where placement is not null')

const isToCustomer = ({ customerId }: Delivery) => customerId !== null

/**
 * Adds deliveries, in a transaction of the caller's; one whose place is taken already is left out. A place that a
 * freezing gave is found by its id.
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
    const insert = (some: readonly Delivery[], condition: Fragment) =>
      session.rows(sql`
        insert into ${deliveries} (tenant, is_first, ${namesOf(DELIVERY_COLUMNS)})
        select ${tenant}, false, ${typedNamesOf(DELIVERY_COLUMNS)} from ${given(DELIVERY_COLUMNS, some)} ${condition}`)
    const [toCustomers, posts] = [added.filter(isToCustomer), added.filter((each) => !isToCustomer(each))]
    if (toCustomers.length > 0)
      await insert(
        toCustomers,
        sql`
          where given.step <> 0 or not exists (
            select 1 from ${members} as m
            join ${deliveries} as d on d.tenant = m.tenant and d.id = ${firstId(raw('m.run_id'), raw('m.rank'), raw('given.channel'))}
            where m.tenant = ${tenant} and m.run_id = given.run_id and m.customer_id = given.customer_id and d.is_first)
          on conflict (tenant, run_id, customer_id, step, channel) where not is_first do nothing`,
      )
    if (posts.length > 0) await insert(posts, sql`on conflict ${OF_PLACEMENT} do nothing`)
  } catch (error) {
    if (brokenConstraint(error) === 'deliveries_id') throw idTaken('delivery')
    throw error
  }
}
