import {
  awaitsProof,
  type CampaignEvent,
  type Delivery,
  type DeliveryId,
  type EventStore,
  type Instant,
  joinReceipt,
  type Receipt,
  type ReceiptsWritten,
  type Scope,
} from '@campaignkit/core/adapter'
import { appendEvents } from './append-events.js'
import { type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { type DeliveryRow, deliveryOf, OF_DELIVERY } from './delivery-row.js'
import { type Followed, follow } from './follow.js'
import { lastAttemptOf } from './last-attempt.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

type ReceiptEntry = Parameters<EventStore['appendReceipts']>[1][number]

/** A delivery with what receipts have said of it so far. */
interface Told {
  readonly delivery: Delivery
  readonly receipts: Delivery['receipts']
  /** The receipt that proved that an attempt was sent; null when none did. */
  readonly proof: Receipt | null
}

/**
 * The rule of `EventStore.appendReceipts`. The deliveries are locked in order of their ids, joined here, and written in
 * one statement; whether a receipt proves anything, and what follows, is decided under the lock.
 */
export async function appendReceipts(
  session: Session,
  tables: Tables,
  scope: Scope,
  entries: readonly ReceiptEntry[],
  now: Instant,
): Promise<ReceiptsWritten> {
  const ids = [...new Set(entries.map(({ deliveryId }) => deliveryId))]
  const rows = await session.rows<DeliveryRow>(sql`
    select ${OF_DELIVERY} from ${tables.deliveries} as d
    where d.tenant = ${scope.tenant} and d.id = any(${ids}::text[]) order by d.id for update`)
  const told = new Map<DeliveryId, Told>(
    rows
      .map(deliveryOf)
      .map((delivery) => [delivery.id, { delivery, receipts: delivery.receipts, proof: null }]),
  )
  const recorded = entries.flatMap(
    ({ deliveryId, receipt, event, proves, provedEvents }): CampaignEvent[] => {
      const known = told.get(deliveryId)
      if (known === undefined) return [event]
      const isProof = proves && known.proof === null && awaitsProof(known.delivery, now)
      told.set(deliveryId, {
        delivery: known.delivery,
        receipts: joinReceipt(known.receipts, receipt),
        proof: isProof ? receipt : known.proof,
      })
      return isProof ? [event, ...provedEvents] : [event]
    },
  )
  await writeTold(session, tables, scope, [...told.values()], now)
  const reopened = await follow(session, tables, scope, followedOf(entries, told), now)
  return { events: await appendEvents(session, tables, scope, recorded), reopened }
}

/** Those that are sent by now, and that something may follow. */
function followedOf(
  entries: readonly ReceiptEntry[],
  told: ReadonlyMap<DeliveryId, Told>,
): readonly Followed[] {
  const followings = new Map(entries.map(({ deliveryId, following }) => [deliveryId, following]))
  return [...followings].flatMap(([id, following]) => {
    const known = told.get(id)
    if (known === undefined || following === null) return []
    const { delivery, receipts, proof } = known
    const isProved = proof !== null
    return isProved || delivery.status === 'sent' ? [{ receipts, following, isProved }] : []
  })
}

const TOLD: Columns<Told> = [
  { name: 'delivery_id', type: 'text', of: ({ delivery }) => delivery.id },
  { name: 'receipts', type: 'json', of: ({ receipts }) => receipts },
  { name: 'proved', type: 'bool', of: ({ proof }) => proof !== null },
  { name: 'proved_at', type: 'float8', of: ({ proof }) => proof?.at },
  { name: 'provider_message_id', type: 'text', of: ({ proof }) => proof?.providerMessageId },
]

async function writeTold(
  session: Session,
  tables: Tables,
  scope: Scope,
  told: readonly Told[],
  now: Instant,
): Promise<void> {
  const { tenant } = scope
  const { deliveries, attempts } = tables
  const changed = told.filter(
    ({ delivery, receipts, proof }) => proof !== null || receipts !== delivery.receipts,
  )
  if (changed.length === 0) return
  await session.rows(sql`
    update ${deliveries} as d set receipts = given.receipts::json,
      status = case when given.proved then 'sent' else d.status end,
      reason = case when given.proved then null else d.reason end,
      lease_worker = case when given.proved then null else d.lease_worker end,
      lease_until = case when given.proved then null else d.lease_until end,
      attempt_id = case when given.proved then null else d.attempt_id end,
      attempt_started_at = case when given.proved then null else d.attempt_started_at end,
      provider_message_id = case when given.proved then coalesce(given.provider_message_id, d.provider_message_id)
        else d.provider_message_id end,
      sent_at = case when given.proved then coalesce(${lastAttemptOf(tables, scope)}, given.proved_at) else d.sent_at end,
      settled_at = case when given.proved then ${now}::float8 else d.settled_at end
    from ${given(TOLD, changed)} where d.tenant = ${tenant} and d.id = given.delivery_id`)
  const proved = changed.filter(({ proof }) => proof !== null)
  if (proved.length === 0) return
  await session.rows(sql`
    update ${attempts} as a set ended_at = ${now}, outcome = 'accepted', code = null,
      provider_message_id = given.provider_message_id
    from ${given(TOLD, proved)}
    where a.tenant = ${tenant} and a.delivery_id = given.delivery_id and a.ended_at is null`)
}
