import { type CampaignId, type DeliveryStore, endEvent, type Scope } from '@campaignkit/core/adapter'
import { appendEvents } from './append-events.js'
import type { Session } from './database.js'
import { type DeliveryRow, deliveryOf, OF_DELIVERY } from './delivery-row.js'
import { everyChannel, standsIn } from './lines.js'
import { raw, sql } from './sql.js'
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
  const { runs, deliveries } = tables
  const ofCampaign = sql`r.tenant = ${tenant} and r.campaign_id = ${campaignId}`
  const inLine = standsIn({
    waitsFor: 'claim',
    tenant: raw('r.tenant'),
    runId: raw('r.id'),
    channel: raw('asked.channel'),
  })
  // named by what their indexes have: not all deliveries of a tenant are gone through for a batch
  const rows = await session.rows<DeliveryRow>(sql`
    with queued as (
      select waiting.id from ${runs} as r cross join ${everyChannel('asked')} cross join lateral (
        select d.id from ${deliveries} as d where ${inLine} order by d.due_at, d.rank limit ${limit} for update
      ) as waiting where ${ofCampaign}
    ), ended as (
      select waiting.id from ${runs} as r cross join lateral (
        select d.id from ${deliveries} as d where d.tenant = r.tenant and d.run_id = r.id and d.is_leased
          and d.status = 'claimed' and d.lease_until <= ${now} order by d.channel, d.lease_until, d.id limit ${limit} for update
      ) as waiting where ${ofCampaign}
    ), chosen as (
      select id from (select id from queued union all select id from ended) as either limit ${limit}
    )
    update ${deliveries} as d set status = ${status}, reason = ${reason}, lease_worker = null,
      lease_until = null, settled_at = ${now}
    from chosen where d.tenant = ${tenant} and d.id = chosen.id
    returning ${OF_DELIVERY}`)
  const events = rows.map(deliveryOf).map((delivery) => endEvent(delivery, status, now, { reason }))
  await appendEvents(session, tables, scope, events)
  return rows.length
}
