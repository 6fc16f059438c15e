import { authorize } from '../access/policy.js'
import type { Instant } from '../base/time.js'
import { deliveryEvent, endEvent } from '../metrics/delivery-event.js'
import { EVERY_TOPIC } from '../model/consent.js'
import type { Delivery } from '../model/delivery.js'
import { provesAcceptance, type Receipt, receiptSchema } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { SuppressionReason } from '../model/suppression.js'
import type { ReceiptEntry } from '../ports/storage/event-store.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'
import { publishEvents } from './publish-events.js'
import { refuseTooMany } from './refuse-too-many.js'
import { listCost } from './settlements.js'

/** What came of a batch of receipts. */
export interface IngestOutcome {
  /** Receipts that were new. */
  readonly recorded: number
  /** Receipts that had been seen before. */
  readonly repeated: number
  /** Left out: receipts of deliveries that the tenant does not have, and what is no receipt at all. */
  readonly unknown: number
}

/** What a receipt does to permissions, beside being counted. */
const SUPPRESSING: Readonly<Partial<Record<Receipt['type'], SuppressionReason>>> = {
  bounced: 'bounced',
  complained: 'complained',
}

const DENYING: readonly Receipt['type'][] = ['complained', 'unsubscribed']

/**
 * Takes what a provider says of deliveries: in any order, any number of times, with the same result. One receipt that
 * fits nothing never stops the rest. A hard bounce and a complaint suppress the address; a complaint and an
 * unsubscribe deny consent; each does so once, when it is new.
 *
 * @throws FORBIDDEN; INVALID_INPUT when it is no list or one of more than 10,000; else only what the storage throws, and then nothing of the batch is counted
 */
export async function ingestReceipts(
  context: EngineContext,
  scope: Scope,
  receipts: readonly Receipt[],
): Promise<IngestOutcome> {
  authorize(context.access, scope, 'event.track')
  refuseTooMany(receipts)
  const readable = receipts.flatMap((receipt) => receiptSchema.safeParse(receipt).data ?? [])
  const deliveries = await findDeliveries(context, scope, readable)
  const now = context.clock.now()
  const matched = readable.flatMap(
    (receipt): { readonly receipt: Receipt; readonly delivery: Delivery }[] => {
      const delivery = deliveries(receipt)
      return delivery === undefined ? [] : [{ receipt, delivery }]
    },
  )
  const known = new Set(
    await context.storage.events.known(
      scope,
      matched.map(({ receipt }) => receiptKey(receipt)),
    ),
  )
  const entries = matched.map(({ receipt, delivery }) => receiptEntry(context, receipt, delivery, now))
  // what was recorded has done what it does: a repetition must not undo what a person decided since
  await applyPermissions(
    context,
    scope,
    matched.filter(({ receipt }) => !known.has(receiptKey(receipt))),
  )
  const fresh = await context.storage.events.appendReceipts(scope, entries, now)
  await publishEvents(context, scope, fresh)
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
  const messageIds = receipts.flatMap(({ deliveryId, providerMessageId }) =>
    deliveryId !== undefined || providerMessageId === undefined ? [] : [providerMessageId],
  )
  const [byId, byMessage] = await Promise.all([
    context.storage.deliveries.get(scope, [...new Set(ids)]),
    context.storage.deliveries.byProviderMessageId(scope, [...new Set(messageIds)]),
  ])
  const own = new Map<string, Delivery>(byId.map((delivery) => [delivery.id, delivery]))
  const theirs = new Map(byMessage.map((delivery) => [delivery.providerMessageId ?? '', delivery]))
  return ({ deliveryId, providerMessageId }) =>
    deliveryId === undefined ? theirs.get(providerMessageId ?? '') : own.get(deliveryId)
}

function receiptKey(receipt: Receipt): string {
  return `receipt:${receipt.key}`
}

function receiptEntry(
  context: EngineContext,
  receipt: Receipt,
  delivery: Delivery,
  now: Instant,
): ReceiptEntry {
  const event = deliveryEvent(delivery, {
    key: receiptKey(receipt),
    type: receipt.type,
    at: receipt.at,
    recordedAt: now,
    reason: receipt.reason ?? null,
    url: receipt.url ?? null,
    machine: receipt.machine ?? false,
  })
  const price = context.channels[delivery.channel]?.capabilities.price ?? null
  const cost = { costMicros: listCost(price, receipt.weight), currency: price?.currency ?? null }
  return {
    deliveryId: delivery.id,
    receipt,
    event,
    proves: provesAcceptance(receipt.type),
    provedEvents: [endEvent(delivery, 'sent', now, cost)],
  }
}

interface Matched {
  readonly receipt: Receipt
  readonly delivery: Delivery
}

/** Before the events are counted, so that a crash in between repeats both: each is idempotent. */
async function applyPermissions(
  context: EngineContext,
  scope: Scope,
  matched: readonly Matched[],
): Promise<void> {
  await suppressAddresses(context, scope, matched)
  await denyConsents(context, scope, matched)
}

async function suppressAddresses(
  context: EngineContext,
  scope: Scope,
  matched: readonly Matched[],
): Promise<void> {
  const suppressions = matched.flatMap(({ receipt, delivery: { channel, addressKey } }) => {
    const reason = receipt.suppresses ?? SUPPRESSING[receipt.type]
    const { at } = receipt
    // a delivery that was never attempted has no address yet
    return reason === undefined || addressKey === null ? [] : [{ channel, addressKey, reason, since: at }]
  })
  if (suppressions.length === 0) return
  const entry = journalEntry(context, scope, {
    action: 'addresses.suppress',
    subject: { type: 'receipts', id: matched[0]?.receipt.key ?? '' },
    after: { count: suppressions.length },
  })
  await context.storage.consents.suppress(scope, suppressions, entry)
}

async function denyConsents(
  context: EngineContext,
  scope: Scope,
  matched: readonly Matched[],
): Promise<void> {
  const refused = matched.filter(({ receipt }) => DENYING.includes(receipt.type))
  if (refused.length === 0) return
  const entry = journalEntry(context, scope, {
    action: 'consents.deny',
    subject: { type: 'receipts', id: refused[0]?.receipt.key ?? '' },
    after: { count: refused.length },
  })
  const records = refused.map(({ receipt, delivery }) => ({
    customerId: delivery.customerId,
    channel: delivery.channel,
    topic: EVERY_TOPIC,
    decision: 'denied' as const,
    basis: receipt.type === 'complained' ? 'complaint to the provider' : 'unsubscribed at the provider',
    obtainedAt: receipt.at,
    evidence: `receipt ${receipt.key}`,
  }))
  await context.storage.consents.record(scope, records, entry)
}
