import * as z from 'zod'
import { authorize } from '../access/policy.js'
import type { AddressKey, CustomerId, DeliveryId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { addressKeysOf } from '../consent/address-key.js'
import { deliveryEvent } from '../metrics/delivery-event.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Delivery } from '../model/delivery.js'
import type { CampaignEvent } from '../model/event.js'
import { wordSchema } from '../model/fields.js'
import {
  type InboundIntent,
  type InboundMessage,
  inboundMessageSchema,
  intentOf,
  isOrdinaryWord,
} from '../model/inbound-message.js'
import { parseInput } from '../model/parse.js'
import type { ReceiptType } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { Suppression } from '../model/suppression.js'
import type { EngineContext } from './context.js'
import { findWriter } from './find-writer.js'
import { publishEvents } from './publish-events.js'
import type { ReceivedMessage } from './received-message.js'
import { addressSchema, readAddress } from './record-consents.js'
import { recordOptIn, recordOptOut } from './record-opt-out.js'
import { seenReceipt, writeReceipts } from './write-receipts.js'

const receiveOptionsSchema = z.strictObject({
  /** Topics that START and UNSTOP grant besides those that a STOP had taken away. @default none */
  optInTopics: z.array(wordSchema).max(100).default([]),
})

export type ReceiveOptions = z.input<typeof receiveOptionsSchema>

/** What came of a message that a person wrote. */
export interface ReceiveOutcome {
  /** `repeated`: its key was known, and nothing was done again. */
  readonly outcome: 'recorded' | 'repeated'
  /** What was obeyed; null for a message like any other. */
  readonly intent: InboundIntent | null
  /** Who wrote; null for a stranger. */
  readonly customerId: CustomerId | null
  /** The message that was answered; null when none was sent there on this channel. */
  readonly deliveryId: DeliveryId | null
}

const EVENT_KEY = 'inbound:'

/**
 * Takes a message that a person wrote, once by its key. STOP and its like suppress the address on the channel, a
 * stranger's too, and deny consent to every topic of it; START lifts that suppression and grants what the STOP took away.
 * Every message is an event of the customer who wrote, in the campaign whose message is answered: `unsubscribed` for an
 * opt-out, `resubscribed` for an opt-in, else `replied`. Its text is kept nowhere.
 *
 * @throws FORBIDDEN; INVALID_INPUT, UNKNOWN_FIELD, ADDRESS_INVALID with the path of the field; nothing is stored then
 */
export async function receiveMessage(
  context: EngineContext,
  scope: Scope,
  message: InboundMessage,
  options: ReceiveOptions = {},
): Promise<ReceiveOutcome> {
  authorize(context.access, scope, 'message.receive')
  const { key, channel, from, text, intent: told, at } = parseInput(inboundMessageSchema, message)
  const { optInTopics } = parseInput(receiveOptionsSchema, options)
  const address = readAddress(context, channel, from, 'from')
  const addressKeys = addressKeysOf(context.settings.secrets, channel, address)
  const writer = await findWriter(context, scope, channel, addressKeys)
  const optedOut = await standingOptOuts(context, scope, channel, addressKeys)
  const intent = obeyed(told ?? intentOf(text), text, optedOut.length > 0)
  const outcome = {
    intent,
    customerId: writer.customerIds[0] ?? null,
    deliveryId: writer.delivery?.id ?? null,
  }
  const event = eventOf(context, { key, channel, writer, at: at ?? context.clock.now() }, intent)
  // a repeated STOP must not undo the START that came after it
  const known = await context.storage.events.known(scope, [event.key])
  if (known.length > 0) return { ...outcome, outcome: 'repeated' }
  const received = { key, channel, at: event.at, addressKeys, writer, optedOut, optInTopics }
  // before the event, so that a crash in between repeats both: each is idempotent
  if (intent === 'optOut') await recordOptOut(context, scope, received)
  if (intent === 'optIn') await recordOptIn(context, scope, received)
  const fresh = await count(context, scope, writer.delivery, event)
  return { ...outcome, outcome: fresh.length > 0 ? 'recorded' : 'repeated' }
}

/** @returns the event, if it is new */
async function count(
  context: EngineContext,
  scope: Scope,
  delivery: Delivery | null,
  event: ReturnType<typeof eventOf>,
): Promise<readonly CampaignEvent[]> {
  if (delivery !== null)
    return writeReceipts(context, scope, [seenReceipt(delivery, event)], event.recordedAt)
  const fresh = await context.storage.events.append(scope, [event])
  await publishEvents(context, scope, fresh)
  return fresh
}

/** "Yes" is an opt-in of those who had opted out; to all others it is an answer. */
function obeyed(intent: InboundIntent | null, text: string, isOptedOut: boolean): InboundIntent | null {
  return intent === 'optIn' && !isOptedOut && isOrdinaryWord(text) ? null : intent
}

async function standingOptOuts(
  context: EngineContext,
  scope: Scope,
  channel: ChannelKind,
  addressKeys: readonly AddressKey[],
): Promise<readonly Suppression[]> {
  const suppressions = await context.storage.consents.suppressed(scope, addressKeys)
  return suppressions.filter((each) => each.channel === channel && each.reason === 'requested')
}

function typeOf(intent: InboundIntent | null): ReceiptType {
  if (intent === 'optOut') return 'unsubscribed'
  return intent === 'optIn' ? 'resubscribed' : 'replied'
}

/** The event says on which channel it was and what was obeyed, never what was written. */
function eventOf(
  { clock }: EngineContext,
  { key, channel, writer, at }: Pick<ReceivedMessage, 'key' | 'channel' | 'writer' | 'at'>,
  intent: InboundIntent | null,
): CampaignEvent & { readonly type: ReceiptType } {
  const event = {
    key: `${EVENT_KEY}${key}`,
    type: typeOf(intent),
    at,
    recordedAt: clock.now(),
    reason: intent === null ? channel : `${channel} ${intent}`,
  }
  if (writer.delivery !== null) return { ...deliveryEvent(writer.delivery, event), type: event.type }
  return {
    ...event,
    customerId: writer.customerIds[0] ?? null,
    deliveryId: null,
    attributions: [],
    amountMinor: 0,
    costMicros: 0,
    currency: null,
    url: null,
    machine: false,
    interaction: null,
  }
}

/**
 * When the person at an address last wrote to us on a channel; null for never, and for a stranger. WhatsApp takes free
 * text for 24 hours from then on.
 *
 * @throws FORBIDDEN, INVALID_INPUT, ADDRESS_INVALID
 */
export async function lastReceivedAt(
  context: EngineContext,
  scope: Scope,
  channel: ChannelKind,
  address: string,
): Promise<Instant | null> {
  authorize(context.access, scope, 'message.receive')
  const asked = parseInput(addressSchema, { channel, address })
  const read = readAddress(context, asked.channel, asked.address, 'address')
  const keys = addressKeysOf(context.settings.secrets, channel, read)
  const { customerIds } = await findWriter(context, scope, channel, keys)
  let last: Instant | null = null
  for (const id of customerIds) {
    for (const { key, reason, at } of await context.storage.events.ofCustomer(scope, id)) {
      if (!key.startsWith(EVENT_KEY) || reason?.split(' ')[0] !== channel) continue
      if (last === null || at > last) last = at
    }
  }
  return last
}
