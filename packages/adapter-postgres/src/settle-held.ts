import {
  type CampaignId,
  type Continuation,
  type DeliveryId,
  type HeldDecision,
  type Instant,
  type JournalEntry,
  type Scope,
  versionConflict,
} from '@campaignkit/core/adapter'
import { appendEvents } from './append-events.js'
import { goOn } from './campaigns.js'
import { type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { insertDeliveries } from './insert-deliveries.js'
import { writeJournal } from './journal.js'
import { lastAttemptOf } from './last-attempt.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

const DECISION: Columns<HeldDecision> = [
  { name: 'delivery_id', type: 'text', of: ({ deliveryId }) => deliveryId },
  { name: 'held_since', type: 'float8', of: ({ heldSince }) => heldSince },
  { name: 'status', type: 'text', of: ({ status }) => status },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
  { name: 'cost_micros', type: 'float8', of: ({ costMicros }) => costMicros },
  { name: 'currency', type: 'text', of: ({ currency }) => currency },
]

/** The rule of `DeliveryStore.settleHeld`. @returns whose deliveries were moved */
export async function settleHeld(
  session: Session,
  tables: Tables,
  scope: Scope,
  decisions: readonly HeldDecision[],
  continuation: Continuation | null,
  now: Instant,
  entry: JournalEntry,
): Promise<readonly { readonly campaignId: CampaignId }[]> {
  const { tenant } = scope
  const { deliveries } = tables
  const moved = await session.rows<{ readonly id: DeliveryId; readonly campaignId: CampaignId }>(sql`
    update ${deliveries} as d set status = given.status, reason = given.reason,
      cost_micros = given.cost_micros, currency = given.currency,
      due_at = case when given.status = 'queued' then ${now}::float8 else d.due_at end,
      sent_at = case when given.status = 'queued' then d.sent_at
        when given.status = 'sent' then coalesce(${lastAttemptOf(tables, scope)}, ${now}::float8) end,
      settled_at = case when given.status <> 'queued' then ${now}::float8 end
    from ${given(DECISION, decisions)}
    where d.tenant = ${tenant} and d.id = given.delivery_id and d.status = 'held'
      and d.settled_at = given.held_since
    returning d.id, d.campaign_id as "campaignId"`)
  const ids = new Set(moved.map(({ id }) => id))
  const other = decisions.find(({ deliveryId }) => !ids.has(deliveryId))
  if (other !== undefined) throw versionConflict(other.heldSince, null)
  await insertDeliveries(
    session,
    tables,
    scope,
    decisions.flatMap(({ next }) => next ?? []),
  )
  if (continuation !== null) await goOn(session, tables, scope, continuation)
  await appendEvents(
    session,
    tables,
    scope,
    decisions.flatMap(({ events }) => events),
  )
  await writeJournal(session, tables, scope, [entry])
  return moved
}
