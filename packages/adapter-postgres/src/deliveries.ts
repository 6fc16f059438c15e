import {
  type Attempt,
  CHANNEL_KINDS,
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryCounts,
  type DeliveryStatus,
  type DeliveryStore,
  type Instant,
} from '@campaignkit/core/adapter'
import type { Announcer } from './announcements.js'
import { createClaims } from './claims.js'
import type { Database } from './database.js'
import { firstId, ofCampaign } from './deliveries-of.js'
import { type AttemptRow, attemptOf, type DeliveryRow, deliveryOf, OF_DELIVERY } from './delivery-row.js'
import { endQueued } from './end-queued.js'
import { insertDeliveries } from './insert-deliveries.js'
import { standsIn, type WaitsFor } from './lines.js'
import { pageFrom, placeCursor, readPlace } from './paging.js'
import { frequent } from './ready-statements.js'
import { settle } from './settle.js'
import { settleHeld } from './settle-held.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** The deliveries of {@link createPostgresStorage}. */
export function createDeliveryStore(database: Database, tables: Tables, announcer: Announcer): DeliveryStore {
  const { deliveries, attempts } = tables
  const read = async (where: Fragment): Promise<readonly Delivery[]> => {
    const rows = await database.rows<DeliveryRow>(
      sql`select ${OF_DELIVERY} from ${deliveries} as d where ${where}`,
    )
    return rows.map(deliveryOf)
  }
  return {
    ...createClaims(database, tables, announcer),
    append: async (scope, added) => {
      await database.transaction((session) => insertDeliveries(session, tables, scope, added))
      announcer.announce(scope, campaignsOf(added))
    },
    settle: async (scope, settlements, now) => {
      const settled = await settle(database, tables, scope, settlements, now)
      announcer.announce(scope, campaignsOf(settled))
      return settled.map(({ deliveryId }) => deliveryId)
    },
    settleHeld: async (scope, ...decided) => {
      const moved = await database.transaction((session) => settleHeld(session, tables, scope, ...decided))
      announcer.announce(scope, campaignsOf(moved))
    },
    endQueued: async (scope, campaignId, end) => {
      const ended = await database.transaction((session) =>
        endQueued(session, tables, scope, campaignId, end),
      )
      announcer.announce(scope, [campaignId])
      return ended
    },
    get: ({ tenant }, ids) => read(sql`d.tenant = ${tenant} and d.id = any(${ids}::text[])`),
    byProviderMessageId: ({ tenant }, ids) =>
      read(sql`d.tenant = ${tenant} and d.id in (
        select id from ${deliveries} where tenant = ${tenant} and provider_message_id = any(${ids}::text[])
        union select delivery_id from ${attempts}
        where tenant = ${tenant} and provider_message_id = any(${ids}::text[]))`),
    byAddressKey: ({ tenant }, keys, limit) =>
      read(sql`d.tenant = ${tenant} and d.address_key = any(${keys}::text[]) and d.id in (
        select delivery_id from ${attempts} where tenant = ${tenant} and address_key = any(${keys}::text[]))
        order by d.due_at desc, d.id desc limit ${limit}`),
    ofMembers: ({ tenant }, runId, customerIds) =>
      read(sql`d.tenant = ${tenant} and d.id in (
        select ${firstId(raw('m.run_id'), raw('m.rank'), raw('used.channel'))} from ${tables.members} as m
        cross join lateral unnest(m.channels) as used(channel)
        where m.tenant = ${tenant} and m.run_id = ${runId} and m.customer_id = any(${customerIds}::text[])
        union all
        select id from ${deliveries} where tenant = ${tenant} and run_id = ${runId}
          and customer_id = any(${customerIds}::text[]) and not is_first
      ) and d.run_id = ${runId} and d.customer_id = any(${customerIds}::text[]) order by d.due_at, d.rank, d.id`),
    inbox: async ({ tenant }, customerId, { dismissed }, { cursor, limit }) => {
      const end = cursor === null ? null : readPlace(cursor)
      const behind = end === null ? sql`` : sql`and (d.sent_at, d.id) < (${end.at}::float8, ${end.key})`
      const wanted =
        dismissed === undefined ? sql`` : sql`and (d.receipts ->> 'dismissed' is not null) = ${dismissed}`
      const items = await read(sql`
        d.tenant = ${tenant} and d.customer_id = ${customerId} and d.channel = 'in-app' and d.status = 'sent' and d.sent_at is not null
          ${behind} ${wanted} order by d.sent_at desc, d.id desc limit ${limit + 1}`)
      return pageFrom(items, limit, ({ sentAt, id }) => placeCursor({ at: sentAt ?? 0, key: id }))
    },
    attemptsOf: async ({ tenant }, deliveryId): Promise<readonly Attempt[]> => {
      const rows = await database.rows<AttemptRow>(sql`
        select id, delivery_id, worker, fence, started_at, ended_at, outcome, code, provider_message_id
        from ${attempts} where tenant = ${tenant} and delivery_id = ${deliveryId} order by started_at, sequence`)
      return rows.map(attemptOf)
    },
    list: async ({ tenant }, campaignId, { status }, { cursor, limit }) => {
      const wanted = status === undefined ? sql`` : sql`and d.status = ${status}`
      const some = sql`and d.id > ${cursor ?? ''} ${wanted} order by d.id limit ${limit + 1}`
      const rows = await database.rows<DeliveryRow>(sql`
        select * from (${ofCampaign(tables, tenant, campaignId, OF_DELIVERY, some)}) as either
        order by id limit ${limit + 1}`)
      return pageFrom(rows.map(deliveryOf), limit, ({ id }) => id)
    },
    counts: async ({ tenant }, campaignId, runId) => {
      const ofRun = runId === undefined ? sql`` : sql`and run_id = ${runId}`
      const rows = await database.rows<{ readonly status: DeliveryStatus; readonly count: number }>(
        frequent(sql`
        select status, sum(total)::float8 as count from ${tables.delivery_counts}
        where tenant = ${tenant} and campaign_id = ${campaignId} ${ofRun} group by status`),
      )
      const none = DELIVERY_STATUSES.map((status) => [status, 0])
      return Object.fromEntries([
        ...none,
        ...rows.map(({ status, count }) => [status, count]),
      ]) as unknown as DeliveryCounts
    },
    reasons: async ({ tenant }, campaignId, status) => {
      const stopped = sql`and d.status = ${status} and d.reason is not null`
      const rows = await database.rows<{ readonly reason: string; readonly count: number }>(
        frequent(sql`
        select reason, count(*)::float8 as count
        from (${ofCampaign(tables, tenant, campaignId, raw('d.reason'), stopped)}) as stopped group by reason`),
      )
      return new Map(rows.map(({ reason, count }) => [reason, count]))
    },
    nextDue: async ({ tenant }, runId, channel) => {
      const channels = sql`${channel === undefined ? CHANNEL_KINDS : [channel]}::text[]`
      const next = nextDueOf(deliveries, { tenant: sql`${tenant}`, runId: sql`${runId}::text`, channels })
      const [row] = await database.rows<{ readonly next: Instant | null }>(sql`select ${next} as next`)
      return row?.next ?? null
    },
  }
}

/** The campaigns of deliveries, as they are announced. */
export function campaignsOf(
  deliveries: readonly Pick<Delivery, 'campaignId'>[],
): ReadonlySet<Delivery['campaignId']> {
  return new Set(deliveries.map(({ campaignId }) => campaignId))
}

/**
 * The earliest instant at which a claim on one of the channels could give something. Each part of it looks at the first
 * entry of an index for each channel: all that waits in a run are a million entries.
 */
export function nextDueOf(
  deliveries: Fragment,
  { channels, ...ofRun }: Readonly<Record<'tenant' | 'runId' | 'channels', Fragment>>,
): Fragment {
  const earliest = (waitsFor: WaitsFor) => sql`(
    select min(first.due_at) from unnest(${channels}) as asked(channel), lateral (
      select d.due_at from ${deliveries} as d where ${standsIn({ ...ofRun, waitsFor, channel: raw('asked.channel') })}
      order by d.due_at limit 1) as first)`
  return sql`least(${earliest('claim')}, ${earliest('receipt')},
    (select min(case when d.status = 'inDoubt' then greatest(d.lease_until, d.due_at) else d.lease_until end)
     from ${deliveries} as d where d.tenant = ${ofRun.tenant} and d.run_id = ${ofRun.runId} and d.channel = any(${channels}) and d.is_leased))`
}
