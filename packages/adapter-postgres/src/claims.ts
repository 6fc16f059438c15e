import type { ClaimRequest, Delivery, DeliveryStore, RunId, Scope } from '@campaignkit/core/adapter'
import type { Announcer } from './announcements.js'
import { type Columns, given } from './columns.js'
import type { Database } from './database.js'
import { type DeliveryRow, deliveryOf, OF_DELIVERY } from './delivery-row.js'
import { standsIn, type WaitsFor } from './lines.js'
import { frequent } from './ready-statements.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

type WindowEntry = Parameters<DeliveryStore['openWindow']>[1][number]

const ENTRY: Columns<WindowEntry> = [
  { name: 'delivery_id', type: 'text', of: ({ deliveryId }) => deliveryId },
  { name: 'fence', type: 'float8', of: ({ fence }) => fence },
  { name: 'attempt_id', type: 'text', of: ({ attemptId }) => attemptId },
  { name: 'address_key', type: 'text', of: ({ addressKey }) => addressKey },
]

/** Which deliveries a claim finds: those that stand in a line once they are due, and those whose lease has ended. */
interface Waiting {
  readonly waitsFor: WaitsFor
  readonly leased: Fragment
  readonly becomes: Fragment
}

const UNSENT: Waiting = {
  waitsFor: 'claim',
  leased: raw(`is_leased and status = 'claimed'`),
  becomes: raw(`status = 'claimed',`),
}

const DOUBTFUL: Waiting = {
  waitsFor: 'receipt',
  leased: raw(`is_leased and status in ('attempting', 'inDoubt')`),
  becomes: raw(''),
}

/**
 * Leases deliveries in their turn. Rows that another claim has locked are passed over, so that no two wait for each
 * other; what it locks and does not take is free again with the end of the statement. A line is taken in the order that
 * its index has, and then those who are level with the last and have a smaller id: asked for ids at once, a planner
 * that takes the line for short sorts all of it. Neither takes more than `limit`: what is locked is missed by others.
 */
async function claim(
  database: Database,
  { deliveries }: Tables,
  { tenant }: Scope,
  runId: RunId,
  { worker, channel, now, leaseMs, limit }: ClaimRequest,
  { waitsFor, leased, becomes }: Waiting,
): Promise<readonly Delivery[]> {
  const ofRun = sql`tenant = ${tenant} and run_id = ${runId} and channel = ${channel}`
  const line = {
    waitsFor,
    tenant: sql`${tenant}`,
    runId: sql`${runId}::text`,
    channel: sql`${channel}::text`,
  }
  const standing = standsIn({ ...line, upTo: sql`${now}` })
  const inTurn = sql`order by due_at, rank, id limit ${limit}`
  const rows = await database.rows<DeliveryRow>(
    frequent(sql`
    with ahead as (
      select id, due_at, rank from ${deliveries} as d
      where ${standing} order by due_at, rank limit ${limit} for update skip locked
    ), level as (
      select other.* from (select * from ahead order by due_at desc, rank desc, id desc limit 1) as last cross join lateral (
        select id, due_at, rank from ${deliveries} as d
        where ${standing} and due_at = last.due_at and rank = last.rank and id < last.id
        order by id limit ${limit} for update skip locked
      ) as other
    ), free as (
      select * from ahead union select * from level
    ), ended as (
      select id, due_at, rank from ${deliveries}
      where ${ofRun} and ${leased} and lease_until <= ${now} and (status <> 'inDoubt' or due_at <= ${now})
      ${inTurn} for update skip locked
    ), chosen as (
      select id from (select * from free union all select * from ended) as either ${inTurn}
    )
    update ${deliveries} as d
    set ${becomes} fence = d.fence + 1, lease_worker = ${worker}, lease_until = ${now + leaseMs}
    from chosen where d.tenant = ${tenant} and d.id = chosen.id
    returning ${OF_DELIVERY}`),
  )
  return rows.map(deliveryOf).sort(byTurn)
}

function byTurn(left: Delivery, right: Delivery): number {
  return left.dueAt - right.dueAt || left.rank - right.rank || (left.id < right.id ? -1 : 1)
}

/** How deliveries are claimed and their windows opened. */
export function createClaims(
  database: Database,
  tables: Tables,
  { announce }: Pick<Announcer, 'announce'>,
): Pick<DeliveryStore, 'claim' | 'claimInDoubt' | 'openWindow' | 'release'> {
  const { deliveries, attempts } = tables
  const claimAnd =
    (waiting: Waiting): DeliveryStore['claim'] =>
    async (scope, runId, request) => {
      const claimed = await claim(database, tables, scope, runId, request, waiting)
      announce(
        scope,
        claimed.map(({ campaignId }) => campaignId),
      )
      return claimed
    }
  return {
    claim: claimAnd(UNSENT),
    claimInDoubt: claimAnd(DOUBTFUL),
    openWindow: async ({ tenant }, entries, { worker, now, leaseUntil }) => {
      const opened = await database.rows<{ readonly delivery_id: WindowEntry['deliveryId'] }>(
        frequent(sql`
        with opened as (
          update ${deliveries} as d set status = 'attempting', address_key = given.address_key,
            lease_worker = ${worker}, lease_until = ${leaseUntil}, attempt_id = given.attempt_id,
            attempt_started_at = ${now}
          from ${given(ENTRY, entries)}
          where d.tenant = ${tenant} and d.id = given.delivery_id and d.status = 'claimed'
            and d.fence = given.fence and d.lease_until is not null
          returning d.id, d.fence, given.attempt_id, given.address_key
        )
        insert into ${attempts} (tenant, id, delivery_id, address_key, worker, fence, started_at, outcome)
        select ${tenant}, attempt_id, id, address_key, ${worker}, fence, ${now}::float8, 'open' from opened
        returning delivery_id`),
      )
      const ids = new Set(opened.map(({ delivery_id: id }) => id))
      return entries.filter(({ deliveryId }) => ids.has(deliveryId)).map(({ deliveryId }) => deliveryId)
    },
    release: async ({ tenant }, holds, dueAt) => {
      await database.rows(sql`
        update ${deliveries} as d set status = 'queued', lease_worker = null, lease_until = null, due_at = ${dueAt}
        from unnest(${holds.map(({ deliveryId }) => deliveryId)}::text[], ${holds.map(({ fence }) => fence)}::float8[])
          as given(id, fence)
        where d.tenant = ${tenant} and d.id = given.id and d.status = 'claimed' and d.fence = given.fence
          and d.lease_until is not null`)
    },
  }
}
