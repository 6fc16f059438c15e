import {
  type CampaignId,
  type Delivery,
  type DeliveryId,
  type Instant,
  nextOfSent,
  type Scope,
  type Settlement,
} from '@campaignkit/core/adapter'
import { appendEvents, recordingOf } from './append-events.js'
import { type Columns, given, probes } from './columns.js'
import type { Database, Session } from './database.js'
import { firstOfEach } from './first-of-each.js'
import { insertDeliveries } from './insert-deliveries.js'
import { frequent } from './ready-statements.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const SETTLEMENT: Columns<Settlement> = [
  { name: 'delivery_id', type: 'text', of: ({ deliveryId }) => deliveryId },
  { name: 'fence', type: 'float8', of: ({ fence }) => fence },
  { name: 'status', type: 'text', of: ({ status }) => status },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
  { name: 'due_at', type: 'float8', of: ({ dueAt }) => dueAt },
  { name: 'tries', type: 'int', of: ({ tries }) => tries },
  { name: 'cost_micros', type: 'float8', of: ({ costMicros }) => costMicros },
  { name: 'currency', type: 'text', of: ({ currency }) => currency },
  { name: 'provider_message_id', type: 'text', of: ({ attempt }) => attempt?.providerMessageId },
]

/** The end of an attempt. */
const ENDING: Columns<Settlement> = [
  { name: 'delivery_id', type: 'text', of: ({ deliveryId }) => deliveryId },
  { name: 'attempt_id', type: 'text', of: ({ attempt }) => attempt?.id },
  { name: 'outcome', type: 'text', of: ({ attempt }) => attempt?.outcome },
  { name: 'code', type: 'text', of: ({ attempt }) => attempt?.code },
  { name: 'provider_message_id', type: 'text', of: ({ attempt }) => attempt?.providerMessageId },
]

/** A delivery whose open attempts the settlement says nothing of. */
const FORGOTTEN: Columns<Settlement> = ENDING.slice(0, 1)

/** Written so that the planner does not expect next to no rows, and then compares all with all. */
const IF_SETTLED = raw('where coalesce(given.settles in (select delivery_id from settled), false)')

/** The statuses that end a delivery, in a statement. */
export const ENDS = raw(`('sent', 'failed', 'skipped', 'cancelled', 'held')`)

/** A delivery that was settled, whose it is, and what receipts had said of it. */
interface Settled {
  readonly deliveryId: DeliveryId
  readonly campaignId: CampaignId
  readonly receipts: Delivery['receipts']
}

/**
 * The rule of `DeliveryStore.settle`: the fence decides, row by row, under the row's lock. In one statement, unless
 * deliveries may be added, or an event is told of twice, which the deliveries that stand must decide.
 */
export async function settle(
  database: Database,
  tables: Tables,
  scope: Scope,
  asked: readonly Settlement[],
  now: Instant,
): Promise<readonly Settled[]> {
  const settlements = firstOfEach(asked, ({ deliveryId }) => deliveryId)
  if (isPlain(settlements))
    return inTurn(settlements, await database.rows<Settled>(settling(tables, scope, settlements, now)))
  return database.transaction((session) => settleAndAdd(session, tables, scope, settlements, now))
}

function isPlain(settlements: readonly Settlement[]): boolean {
  const keys = settlements.flatMap(({ events }) => events.map(({ key }) => key))
  const addsNothing = settlements.every(
    ({ next, nextIfReturned }) => next === null && nextIfReturned === null,
  )
  return addsNothing && new Set(keys).size === keys.length
}

async function settleAndAdd(
  session: Session,
  tables: Tables,
  scope: Scope,
  settlements: readonly Settlement[],
  now: Instant,
): Promise<readonly Settled[]> {
  const unrecorded = settlements.map((settlement) => ({ ...settlement, events: [] }))
  const settled = inTurn(settlements, await session.rows<Settled>(settling(tables, scope, unrecorded, now)))
  const receipts = new Map(settled.map((each) => [each.deliveryId, each.receipts]))
  const standing = settlements.filter(({ deliveryId }) => receipts.has(deliveryId))
  await insertDeliveries(
    session,
    tables,
    scope,
    standing.flatMap((each) => nextOf(each, receipts.get(each.deliveryId) ?? {}) ?? []),
  )
  await appendEvents(
    session,
    tables,
    scope,
    standing.flatMap(({ events }) => events),
  )
  return settled
}

/** Settles deliveries that are still held, ends their attempts, and records what is told of them. */
function settling(tables: Tables, scope: Scope, settlements: readonly Settlement[], now: Instant): Fragment {
  const { tenant } = scope
  const { deliveries } = tables
  const events = settlements.flatMap(({ deliveryId, events: told }) =>
    told.map((event) => ({ event, settles: deliveryId })),
  )
  return frequent(sql`
    with settled as (
      update ${deliveries} as d set status = given.status, reason = given.reason,
        due_at = case when given.status in ${ENDS} then d.due_at else given.due_at end,
        tries = given.tries, lease_worker = null, lease_until = null,
        attempt_id = case when given.status = 'inDoubt' then d.attempt_id end,
        attempt_started_at = case when given.status = 'inDoubt' then d.attempt_started_at end,
        provider_message_id = coalesce(given.provider_message_id, d.provider_message_id),
        sent_at = case when given.status = 'sent' then ${now}::float8 end,
        settled_at = case when given.status in ${ENDS} then ${now}::float8 end,
        cost_micros = given.cost_micros, currency = given.currency
      from ${given(SETTLEMENT, settlements)}
      where d.tenant = ${tenant} and d.id = given.delivery_id and d.fence = given.fence
        and d.lease_until is not null and d.status not in ${ENDS}
      returning d.id as delivery_id, d.campaign_id, d.receipts
    )${endingAttempts(tables, scope, settlements, now)}${events.length === 0 ? sql`` : sql`, ${recordingOf(tables, scope, events, IF_SETTLED)}`}
    select delivery_id as "deliveryId", campaign_id as "campaignId", receipts from settled`)
}

/**
 * Ends the attempts of deliveries that are no longer in doubt. No delivery has two open ones; where the settlement names
 * it, it is found by its whole key, which no planner takes for many rows, however new the table is.
 */
function endingAttempts(
  { attempts }: Tables,
  { tenant }: Scope,
  settlements: readonly Settlement[],
  now: Instant,
): Fragment {
  const ended = settlements.filter(({ status }) => status !== 'inDoubt')
  const [named, forgotten] = [
    ended.filter(({ attempt }) => attempt !== null),
    ended.filter(({ attempt }) => attempt === null),
  ]
  const byName = sql`, ended as (
      with ${probes({ tenant }, ENDING, named)}, standing as materialized (
        select given.* from given join settled using (delivery_id)
      )
      update ${attempts} as a set ended_at = ${now}, outcome = standing.outcome, code = standing.code,
        provider_message_id = standing.provider_message_id
      from standing
      where a.tenant = standing.tenant and a.delivery_id = standing.delivery_id and a.id = standing.attempt_id
        and a.ended_at is null
    )`
  const unnamed = sql`, forgotten as (
      with ${probes({ tenant }, FORGOTTEN, forgotten)}, standing as materialized (
        select given.* from given join settled using (delivery_id)
      )
      update ${attempts} as a set ended_at = ${now}, outcome = 'unknown', code = null, provider_message_id = null
      from standing
      where a.tenant = standing.tenant and a.delivery_id = standing.delivery_id and a.ended_at is null
    )`
  return sql`${named.length === 0 ? sql`` : byName}${forgotten.length === 0 ? sql`` : unnamed}`
}

/** In the order in which they were given. */
function inTurn(settlements: readonly Settlement[], settled: readonly Settled[]): readonly Settled[] {
  const byId = new Map(settled.map((each) => [each.deliveryId, each]))
  return settlements.flatMap(({ deliveryId }) => byId.get(deliveryId) ?? [])
}

function nextOf(settlement: Settlement, receipts: Delivery['receipts']): Delivery | null {
  return settlement.status === 'sent' ? nextOfSent(receipts, settlement) : settlement.next
}
