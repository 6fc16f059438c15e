import { type Delivery, idTaken, type Scope } from '@campaignkit/core/adapter'
import { given, namesOf, typedNamesOf } from './columns.js'
import { countAdded } from './count-added.js'
import type { Session } from './database.js'
import { firstId } from './deliveries-of.js'
import { DELIVERY_COLUMNS } from './delivery-row.js'
import { brokenConstraint } from './failures.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const OF_CUSTOMER = raw('(tenant, run_id, customer_id, step, channel) where not is_first')
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
  tables: Tables,
  scope: Scope,
  added: readonly Delivery[],
): Promise<void> {
  const toCustomers = added.filter(isToCustomer)
  const posts = added.filter((each) => !isToCustomer(each))
  await insert(session, tables, scope, toCustomers, sql`on conflict ${OF_CUSTOMER} do nothing`)
  await insert(session, tables, scope, posts, sql`on conflict ${OF_PLACEMENT} do nothing`)
}

/** Whose delivery was placed. */
interface Placed {
  readonly campaignId: Delivery['campaignId']
  readonly runId: Delivery['runId']
}

/**
 * Adds what has its turn on the next channel. Where a delivery waits for its first turn already, that one is due at the
 * earlier of both instants; any other stays as it is.
 *
 * @returns those that were added or brought forward
 * @throws STORAGE_FAILED when the id of one belongs to another delivery
 */
export function placeNext(
  session: Session,
  tables: Tables,
  scope: Scope,
  next: readonly Delivery[],
): Promise<readonly Placed[]> {
  return insert(
    session,
    tables,
    scope,
    next,
    sql`on conflict ${OF_CUSTOMER} do update set due_at = excluded.due_at
      where kept.status = 'queued' and kept.tries = 0 and kept.reason is null and kept.due_at > excluded.due_at`,
  )
}

/** A row that was brought forward instead bears the transaction that did it. */
const IS_NEW = raw('from placed where xmax = 0')

/** In the order of their places, so that two who add the same ones do not wait for each other. */
async function insert(
  session: Session,
  tables: Tables,
  { tenant }: Scope,
  added: readonly Delivery[],
  onConflict: Fragment,
): Promise<readonly Placed[]> {
  if (added.length === 0) return []
  const { members, deliveries } = tables
  try {
    return await session.rows<Placed>(sql`
      with placed as (
        insert into ${deliveries} as kept (tenant, is_first, ${namesOf(DELIVERY_COLUMNS)})
        select ${tenant}, false, ${typedNamesOf(DELIVERY_COLUMNS)} from ${given(DELIVERY_COLUMNS, added)}
        where given.customer_id is null or given.step <> 0 or not exists (
          select 1 from ${members} as m
          join ${deliveries} as d on d.tenant = m.tenant and d.id = ${firstId(raw('m.run_id'), raw('m.rank'), raw('given.channel'))}
          where m.tenant = ${tenant} and m.run_id = given.run_id and m.customer_id = given.customer_id and d.is_first)
        order by given.run_id, given.customer_id, given.step, given.channel
        ${onConflict} returning kept.tenant, kept.campaign_id, kept.run_id, kept.status, kept.xmax
      ), counted as (${countAdded(tables, IS_NEW)})
      select campaign_id as "campaignId", run_id as "runId" from placed`)
  } catch (error) {
    if (brokenConstraint(error) === 'deliveries_id') throw idTaken('delivery')
    throw error
  }
}
