import {
  type CampaignId,
  type Delivery,
  type DeliveryId,
  type Instant,
  nextOfSent,
  type Scope,
  type Settlement,
} from '@campaignkit/core/adapter'
import { appendEvents } from './append-events.js'
import { type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { firstOfEach } from './first-of-each.js'
import { insertDeliveries } from './insert-deliveries.js'
import { raw, sql } from './sql.js'
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

/** The end of an attempt; one of which the settlement says nothing ends as `unknown`. */
const ENDING: Columns<Settlement> = [
  { name: 'delivery_id', type: 'text', of: ({ deliveryId }) => deliveryId },
  { name: 'attempt_id', type: 'text', of: ({ attempt }) => attempt?.id },
  { name: 'outcome', type: 'text', of: ({ attempt }) => attempt?.outcome },
  { name: 'code', type: 'text', of: ({ attempt }) => attempt?.code },
  { name: 'provider_message_id', type: 'text', of: ({ attempt }) => attempt?.providerMessageId },
]

/** The statuses that end a delivery, in a statement. */
export const ENDS = raw(`('sent', 'failed', 'skipped', 'cancelled', 'held')`)

/** A delivery that was settled, whose it is, and what receipts had said of it. */
interface Settled {
  readonly deliveryId: DeliveryId
  readonly campaignId: CampaignId
  readonly receipts: Delivery['receipts']
}

/** The rule of `DeliveryStore.settle`: the fence decides, row by row, under the row's lock. */
export async function settle(
  session: Session,
  tables: Tables,
  scope: Scope,
  settlements: readonly Settlement[],
  now: Instant,
): Promise<readonly Settled[]> {
  const { tenant } = scope
  const { deliveries, attempts } = tables
  const firsts = firstOfEach(settlements, ({ deliveryId }) => deliveryId)
  const moved = await session.rows<Settled>(sql`
    update ${deliveries} as d set status = given.status, reason = given.reason,
      due_at = case when given.status in ${ENDS} then d.due_at else given.due_at end,
      tries = given.tries, lease_worker = null, lease_until = null,
      attempt_id = case when given.status = 'inDoubt' then d.attempt_id end,
      attempt_started_at = case when given.status = 'inDoubt' then d.attempt_started_at end,
      provider_message_id = coalesce(given.provider_message_id, d.provider_message_id),
      sent_at = case when given.status = 'sent' then ${now}::float8 end,
      settled_at = case when given.status in ${ENDS} then ${now}::float8 end,
      cost_micros = given.cost_micros, currency = given.currency
    from ${given(SETTLEMENT, firsts)}
    where d.tenant = ${tenant} and d.id = given.delivery_id and d.fence = given.fence
      and d.lease_until is not null and d.status not in ${ENDS}
    returning d.id as "deliveryId", d.campaign_id as "campaignId", d.receipts`)
  const settled = new Map(moved.map((each) => [each.deliveryId, each]))
  const standing = firsts.filter(({ deliveryId }) => settled.has(deliveryId))
  const ending = standing.filter(({ status }) => status !== 'inDoubt')
  if (ending.length > 0) {
    await session.rows(sql`
      update ${attempts} as a set ended_at = ${now},
        outcome = case when a.id = given.attempt_id then given.outcome else 'unknown' end,
        code = case when a.id = given.attempt_id then given.code end,
        provider_message_id = case when a.id = given.attempt_id then given.provider_message_id end
      from ${given(ENDING, ending)}
      where a.tenant = ${tenant} and a.delivery_id = given.delivery_id and a.ended_at is null`)
  }
  await insertDeliveries(
    session,
    tables,
    scope,
    standing.flatMap((each) => nextOf(each, settled.get(each.deliveryId)) ?? []),
  )
  await appendEvents(
    session,
    tables,
    scope,
    standing.flatMap(({ events }) => events),
  )
  return standing.flatMap(({ deliveryId }) => settled.get(deliveryId) ?? [])
}

function nextOf(settlement: Settlement, settled: Settled | undefined): Delivery | null {
  return settlement.status === 'sent' ? nextOfSent(settled?.receipts ?? {}, settlement) : settlement.next
}
