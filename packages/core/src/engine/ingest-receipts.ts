import { authorize } from '../access/policy.js'
import type { Instant } from '../base/time.js'
import { deliveryEvent } from '../metrics/delivery-event.js'
import { judged } from '../metrics/machine-rule.js'
import type { Delivery } from '../model/delivery.js'
import { type Receipt, receiptSchema } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { applyPermissions, type MatchedReceipt } from './receipt-permissions.js'
import { refuseTooMany } from './refuse-too-many.js'
import { type ToldReceipt, writeReceipts } from './write-receipts.js'

/** What came of a batch of receipts. */
export interface IngestOutcome {
  /** Receipts that were new. */
  readonly recorded: number
  /** Receipts that had been seen before. */
  readonly repeated: number
  /** Left out: receipts of deliveries that the tenant does not have, and what is no receipt at all. */
  readonly unknown: number
}

/**
 * Takes what a provider says of deliveries: in any order, any number of times, with the same result. One receipt that
 * fits nothing never stops the rest. A hard bounce and a complaint suppress the address; a complaint and an
 * unsubscribe deny consent, for the topic that is named or for all; who subscribes again allows the topic that is named.
 * Each does so once, when it is new. Where a campaign writes to the first channel that works, the next one follows at once
 * what bounced, was blocked or was dropped, unless the member has a message by another; a campaign that had completed by having
 * sent all is active again for it.
 *
 * @throws FORBIDDEN; INVALID_INPUT when it is no list or one of more than 10,000; else only what the storage or the host's rule for machines throws, and then nothing of the batch is counted
 */
export async function ingestReceipts(
  context: EngineContext,
  scope: Scope,
  receipts: readonly Receipt[],
): Promise<IngestOutcome> {
  authorize(context.access, scope, 'event.track')
  refuseTooMany(receipts)
  return recordReceipts(context, scope, receipts)
}

/** As {@link ingestReceipts}, for whoever may. */
export async function recordReceipts(
  context: EngineContext,
  scope: Scope,
  receipts: readonly Receipt[],
): Promise<IngestOutcome> {
  const readable = receipts.flatMap((receipt) => receiptSchema.safeParse(receipt).data ?? [])
  const deliveries = await findDeliveries(context, scope, readable)
  const now = context.clock.now()
  const matched = readable.flatMap((receipt): MatchedReceipt[] => {
    const delivery = deliveries(receipt)
    return delivery === undefined ? [] : [{ receipt, delivery }]
  })
  const known = new Set(
    await context.storage.events.known(
      scope,
      matched.map(({ receipt }) => receiptKey(receipt)),
    ),
  )
  // before the events are counted, so that a crash in between repeats both; but what was recorded has done what it does:
  // a repetition must not undo what a person decided since
  await applyPermissions(
    context,
    scope,
    matched.filter(({ receipt }) => !known.has(receiptKey(receipt))),
  )
  const told = matched.map(({ receipt, delivery }) => toldOf(context, receipt, delivery, now))
  const fresh = await writeReceipts(context, scope, told, now)
  const seen = new Set(fresh.map(({ key }) => key))
  const recorded = new Set(
    matched.filter(({ receipt }) => seen.has(receiptKey(receipt))).map(({ receipt }) => receipt.key),
  ).size
  return { recorded, repeated: matched.length - recorded, unknown: receipts.length - matched.length }
}

async function findDeliveries(
  context: EngineContext,
  scope: Scope,
  receipts: readonly Receipt[],
): Promise<(receipt: Receipt) => Delivery | undefined> {
  const ids = receipts.flatMap(({ deliveryId }) => (deliveryId === undefined ? [] : [deliveryId]))
  const messageIds = receipts.flatMap(messageIdsOf)
  const [byId, byMessage] = await Promise.all([
    context.storage.deliveries.get(scope, [...new Set(ids)]),
    context.storage.deliveries.byProviderMessageId(scope, [...new Set(messageIds)]),
  ])
  const own = new Map<string, Delivery>(byId.map((delivery) => [delivery.id, delivery]))
  const theirs = new Map(byMessage.map((delivery) => [delivery.providerMessageId ?? '', delivery]))
  return (receipt) => {
    const named = receipt.deliveryId === undefined ? undefined : own.get(receipt.deliveryId)
    const known = messageIdsOf(receipt).find((id) => theirs.has(id))
    return named ?? (known === undefined ? undefined : theirs.get(known))
  }
}

function messageIdsOf({ providerMessageId, providerMessageIds = [] }: Receipt): readonly string[] {
  return providerMessageId === undefined ? providerMessageIds : [providerMessageId, ...providerMessageIds]
}

function receiptKey(receipt: Receipt): string {
  return `receipt:${receipt.key}`
}

function toldOf(context: EngineContext, receipt: Receipt, delivery: Delivery, now: Instant): ToldReceipt {
  const event = deliveryEvent(delivery, {
    key: receiptKey(receipt),
    type: receipt.type,
    at: receipt.at,
    recordedAt: now,
    reason: receipt.reason ?? null,
    url: receipt.url ?? null,
    ...judged(context.settings.machineRule, receipt, { agent: receipt.agent, machineHint: receipt.machine }),
  })
  return { delivery, receipt, event }
}
