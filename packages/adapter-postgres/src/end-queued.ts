import { type CampaignId, type DeliveryStore, endEvent, type Scope } from '@campaignkit/core/adapter'
import { appendEvents } from './append-events.js'
import type { Session } from './database.js'
import { type DeliveryRow, deliveryOf, OF_DELIVERY } from './delivery-row.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

type Ending = Parameters<DeliveryStore['endQueued']>[2]

/** The rule of `DeliveryStore.endQueued`. */
export async function endQueued(
  session: Session,
  tables: Tables,
  scope: Scope,
  campaignId: CampaignId,
  { status, reason, now, limit }: Ending,
): Promise<number> {
  const { tenant } = scope
  const { deliveries } = tables
  const rows = await session.rows<DeliveryRow>(sql`
    with chosen as (
      select id from ${deliveries}
      where tenant = ${tenant} and campaign_id = ${campaignId}
        and (status = 'queued' or status = 'claimed' and lease_until <= ${now})
      order by id limit ${limit} for update
    )
    update ${deliveries} as d set status = ${status}, reason = ${reason}, lease_worker = null,
      lease_until = null, settled_at = ${now}
    from chosen where d.tenant = ${tenant} and d.id = chosen.id
    returning ${OF_DELIVERY}`)
  const events = rows.map(deliveryOf).map((delivery) => endEvent(delivery, status, now, { reason }))
  await appendEvents(session, tables, scope, events)
  return rows.length
}
