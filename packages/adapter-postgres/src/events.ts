import type { ChannelKind, Counter, CustomerId, EventStore, Instant, Scope } from '@campaignkit/core/adapter'
import type { Announcer } from './announcements.js'
import { appendEvents } from './append-events.js'
import { appendReceipts } from './append-receipts.js'
import { namesOf } from './columns.js'
import type { Database, Session } from './database.js'
import { EVENT_COLUMNS, type EventRow, eventOf } from './event-row.js'
import { locksOf } from './fact-locks.js'
import { pageFrom, placeCursor, readPlace } from './paging.js'
import { frequent } from './ready-statements.js'
import { rebuildCounters } from './rebuild-counters.js'
import { reclassifyEvents } from './reclassify-events.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const MOST_OF_CUSTOMER = 1_000

type CounterRow = Omit<Counter, 'channel' | 'segment' | 'currency'> & {
  readonly channel: string
  readonly segment: string
  readonly currency: string
}

interface LastRow {
  readonly customer_id: CustomerId
  readonly channel: ChannelKind
  readonly at: Instant
}

/** The events of {@link createPostgresStorage}. */
export function createEventStore(database: Database, tables: Tables, { announce }: Announcer): EventStore {
  const { events, counters } = tables
  return {
    append: (scope, added) => appendEvents(database, tables, scope, added),
    appendReceipts: async (scope, entries, now) => {
      const written = await database.transaction((session) =>
        appendReceipts(session, tables, scope, entries, now),
      )
      const proving = entries.filter(({ proves, following }) => proves || following !== null)
      announce(
        scope,
        proving.flatMap(({ event }) => event.attributions.map(({ campaignId }) => campaignId)),
      )
      return written
    },
    known: async ({ tenant }, keys) => {
      const rows = await database.rows<{ readonly key: string }>(sql`
        select key from ${tables.event_keys} where tenant = ${tenant} and key = any(${keys}::text[])`)
      return rows.map(({ key }) => key)
    },
    counters: async ({ tenant }, campaignId, runId) => {
      const ofRun = runId === undefined ? sql`` : sql`and run_id = ${runId}`
      const cell = sql`campaign_id, run_id, arm, channel, segment, type, currency`
      const rows = await database.rows<CounterRow>(
        frequent(sql`
        select campaign_id as "campaignId", run_id as "runId", arm, channel, segment, type, currency,
          sum(total)::float8 as total, sum(members)::float8 as members,
          sum(human_members)::float8 as "humanMembers", sum(machine)::float8 as machine,
          sum(amount_minor)::float8 as "amountMinor", sum(amount_squares)::float8 as "amountSquares",
          sum(cost_micros)::float8 as "costMicros"
        from ${counters} where tenant = ${tenant} and campaign_id = ${campaignId} ${ofRun} group by ${cell}`),
      )
      return rows.map(counterOf)
    },
    list: async ({ tenant }, campaignId, { types, deliveryId }, { cursor, limit }) => {
      const after = cursor === null ? null : readPlace(cursor)
      const behind = after === null ? sql`` : sql`and (at, key) > (${after.at}, ${after.key})`
      const ofTypes = types === undefined ? sql`` : sql`and type = any(${types}::text[])`
      const ofDelivery = deliveryId === undefined ? sql`` : sql`and delivery_id = ${deliveryId}`
      const rows = await database.rows<EventRow>(
        frequent(sql`
        select ${namesOf(EVENT_COLUMNS)} from ${events}
        where tenant = ${tenant} and campaign_id = ${campaignId} ${behind} ${ofTypes} ${ofDelivery}
        order by at, key limit ${limit + 1}`),
      )
      return pageFrom(rows.map(eventOf), limit, placeCursor)
    },
    ofCustomer: async ({ tenant }, customerId) => {
      const rows = await database.rows<EventRow>(sql`
        select ${namesOf(EVENT_COLUMNS)} from ${events}
        where tenant = ${tenant} and customer_id = ${customerId} and part = 0
        order by at desc, key desc limit ${MOST_OF_CUSTOMER}`)
      return rows.map(eventOf).reverse()
    },
    countByCustomer: async ({ tenant }, { type, since, until, customerIds }) => {
      const behind = since === null ? sql`` : sql`and at > ${since}`
      const rows = await database.rows<{ readonly customer_id: CustomerId; readonly count: number }>(sql`
        select customer_id, count(*)::float8 as count from ${events}
        where tenant = ${tenant} and customer_id = any(${customerIds}::text[]) and part = 0
          and type = ${type} and at <= ${until} ${behind}
        group by customer_id`)
      return new Map(rows.map(({ customer_id, count }) => [customer_id, count]))
    },
    lastByChannel: async ({ tenant }, { types, customerIds }) => {
      const rows = await database.rows<LastRow>(sql`
        select customer_id, attribution->>'channel' as channel, max(at) as at
        from ${events}, lateral json_array_elements(attributions) as attribution
        where tenant = ${tenant} and customer_id = any(${customerIds}::text[]) and part = 0
          and type = any(${types}::text[]) and not machine and attribution->>'channel' is not null
        group by 1, 2`)
      const last = new Map<CustomerId, Partial<Record<ChannelKind, Instant>>>()
      for (const { customer_id: id, channel, at } of rows) last.set(id, { ...last.get(id), [channel]: at })
      return last
    },
    rebuild: (scope, campaignId) =>
      database.transaction((session) => rebuildCounters(session, tables, scope, campaignId)),
    reclassify: (scope, campaignId, judgements, entry) =>
      database.transaction((session) =>
        reclassifyEvents(session, tables, scope, { campaignId, judgements, entry }),
      ),
    forget: (scope, customerIds) =>
      database.transaction((session) => forget(session, tables, scope, customerIds)),
  }
}

/** What an event loses with its customer. */
const FORGOTTEN = raw(
  'customer_id = null, reason = null, url = null, agent = null, machine_hint = null, machine_rule = null',
)

/**
 * Takes customers out of their events, and out of the marks by which they count once. The events of each share a mark by
 * chance from then on. Whoever is adding to a mark is waited for, and then events and marks go in one statement: an event that
 * comes meanwhile goes with its mark, or stays with it.
 */
async function forget(
  session: Session,
  { events, counted_members: countedMembers }: Tables,
  scope: Scope,
  customerIds: readonly CustomerId[],
): Promise<void> {
  const { tenant } = scope
  await session.rows(sql`select 1 where ${locksOf(scope, 'erasure', 'shared')}`)
  const theirs = sql`tenant = ${tenant} and customer_id = any(${customerIds}::text[])`
  await session.rows(sql`
    with locked as materialized (
      select from ${countedMembers} where ${theirs} order by customer_id, cell for update
    ) select count(*) from locked`)
  await session.rows(sql`
    with erased as materialized (
      select id, gen_random_uuid() as mark from unnest(${[...new Set(customerIds)]}::text[]) as given(id)
    ), first_parts as (
      update ${events} as e set ${FORGOTTEN}, erased_as = erased.mark
      from erased where e.tenant = ${tenant} and e.customer_id = erased.id and e.part = 0
      returning e.at, e.key, e.attributions, erased.id, erased.mark
    ), other_parts as (
      update ${events} as e set ${FORGOTTEN}, erased_as = f.mark
      from first_parts as f cross join lateral json_array_elements(f.attributions) as place
      where e.tenant = ${tenant} and e.campaign_id = place->>'campaignId' and e.at = f.at and e.key = f.key
        and e.customer_id = f.id and e.part > 0
    )
    delete from ${countedMembers} where ${theirs}`)
}

function counterOf({ channel, segment, currency, ...row }: CounterRow): Counter {
  return {
    ...row,
    channel: channel === '' ? null : (channel as Counter['channel']),
    segment: segment === '' ? null : segment,
    currency: currency === '' ? null : currency,
  }
}
