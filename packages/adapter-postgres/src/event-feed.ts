import {
  CampaignKitError,
  type EventFeed,
  type FeedHold,
  type FeedProgress,
  type Instant,
  type TenantId,
} from '@campaignkit/core/adapter'
import { namesOf } from './columns.js'
import type { Database } from './database.js'
import { EVENT_COLUMNS, type EventRow, eventOf } from './event-row.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

type FedRow = EventRow & { readonly tenant: TenantId; readonly xid: string }

interface SinkRow {
  readonly fence: number
  readonly position: string | null
  readonly failures: number
  readonly rests_until: Instant | null
}

/**
 * The feed of {@link createPostgresStorage}. Events are read in the order of the transactions that wrote them, and only
 * once no older transaction is open: so none is ever put in front of one that was read.
 */
export function createEventFeed(database: Database, { events, event_sinks: sinks }: Tables): EventFeed {
  return {
    read: async ({ after, limit }) => {
      const rows = await database.rows<FedRow>(sql`
        select tenant, xid::text as xid, ${namesOf(EVENT_COLUMNS)} from ${events}
        where part = 0 and xid < pg_snapshot_xmin(pg_current_snapshot()) ${behind(after)}
        order by ${ORDER} limit ${limit}`)
      if (rows.length === 0 && after !== null) await refuseAhead(database, after)
      return rows.map((row) => ({
        tenant: row.tenant,
        event: eventOf(row),
        position: JSON.stringify([row.xid, row.at, row.key, row.tenant]),
      }))
    },
    claim: async (sink, { now, leaseMs }) => {
      const [row] = await database.rows<SinkRow>(sql`
        insert into ${sinks} as kept (name, fence, failures, lease_until) values (${sink}, 1, 0, ${now + leaseMs})
        on conflict (name) do update set fence = kept.fence + 1, lease_until = ${now + leaseMs}
          where coalesce(kept.lease_until, ${now}) <= ${now} and coalesce(kept.rests_until, ${now}) <= ${now}
        returning fence, position, failures, rests_until`)
      return row === undefined ? null : { sink, fence: row.fence, ...progressOf(row) }
    },
    note: async ({ sink, fence }: FeedHold, { position, failures, restsUntil, leaseUntil }) => {
      const rows = await database.rows(sql`
        update ${sinks} set position = ${position}, failures = ${failures}, rests_until = ${restsUntil},
          lease_until = ${leaseUntil}
        where name = ${sink} and fence = ${fence} returning 1`)
      return rows.length > 0
    },
    state: async (sink, most) => {
      const [row] = await database.rows<SinkRow>(
        sql`select fence, position, failures, rests_until from ${sinks} where name = ${sink}`,
      )
      const progress = row === undefined ? { position: null, failures: 0, restsUntil: null } : progressOf(row)
      const [left] = await database.rows<{ readonly waiting: number; readonly since: Instant | null }>(sql`
        select count(*)::float8 as waiting, (array_agg(recorded_at))[1] as since from (
          select recorded_at from ${events} where part = 0 ${behind(progress.position)}
          order by ${ORDER} limit ${most}
        ) as unheard`)
      return { ...progress, waiting: left?.waiting ?? 0, waitingSince: left?.since ?? null }
    },
  }
}

/** A transaction of the host may write the same key at the same moment for two tenants. */
const ORDER = raw('xid, at, key, tenant')

/** Rows behind a place; its transaction stands alone as well, so that the index is read from there. */
function behind(position: string | null): Fragment {
  if (position === null) return sql``
  const { xid, at, key, tenant } = placeOf(position)
  return sql`and xid >= ${xid}::xid8 and (${ORDER}) > (${xid}::xid8, ${at}::float8, ${key}, ${tenant})`
}

/** A dump that was read into another server brings numbers that are ahead of it: what it writes would never be seen. */
async function refuseAhead(database: Database, position: string): Promise<void> {
  const { xid } = placeOf(position)
  const [row] = await database.rows<{ readonly ahead: boolean }>(
    sql`select ${xid}::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) as ahead`,
  )
  if (row?.ahead !== true) return
  throw new CampaignKitError('STORAGE_FAILED', 'The feed of events is that of another server', {
    details: { table: 'event_sinks' },
  })
}

/** Places that were kept without a tenant are read on from the first one: to hear twice is better than to miss. */
function placeOf(position: string) {
  const place: unknown = parsed(position)
  const [xid, at, key, tenant = ''] = Array.isArray(place) ? place : []
  if (
    typeof xid === 'string' &&
    typeof at === 'number' &&
    typeof key === 'string' &&
    typeof tenant === 'string'
  )
    return { xid, at, key, tenant }
  throw new CampaignKitError('INVALID_INPUT', 'not a position of this feed', { path: 'after' })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function progressOf({ position, failures, rests_until: restsUntil }: SinkRow): FeedProgress {
  return { position, failures, restsUntil }
}
