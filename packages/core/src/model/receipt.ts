import * as z from 'zod'
import type { DeliveryId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { topicSchema } from './consent.js'
import { hostIdSchema, instantSchema, storableSchema } from './fields.js'
import { agentSchema } from './interaction.js'

/** What a provider can say of a delivery. */
export const RECEIPT_TYPES = [
  'accepted',
  'deferred',
  'delivered',
  'displayed',
  'bounced',
  'blocked',
  'dropped',
  'opened',
  'clicked',
  'replied',
  'dismissed',
  'complained',
  'unsubscribed',
  'resubscribed',
] as const

export type ReceiptType = (typeof RECEIPT_TYPES)[number]

/** One thing that a provider said, in the kit's words. */
export interface Receipt {
  /** Unique per tenant: the provider's own event id, or a digest of what it said. */
  readonly key: string
  readonly type: ReceiptType
  readonly at: Instant
  /** The delivery, when the provider hands our id back ... */
  readonly deliveryId?: DeliveryId
  /** ... else, or where no delivery has that id, the provider's id of the message. */
  readonly providerMessageId?: string
  /** The forms that this id may have been stored in, when there are several: the first that fits a delivery counts. */
  readonly providerMessageIds?: readonly string[]
  /** The provider's reason or status code, without personal data. */
  readonly reason?: string
  readonly url?: string
  /** Whether the provider says that a machine did it (mail scanner, privacy proxy); of opens and clicks a hint to the rule, true and false. */
  readonly machine?: boolean
  /** The program that opened or clicked (`User-Agent`): the first 200 printable characters of it are kept for the rule. */
  readonly agent?: string | null
  /**
   * What was unsubscribed from, or subscribed to again: one topic, `*` for all of them, or null for that of the message's
   * campaign.
   *
   * @default all topics for `unsubscribed`; for `resubscribed` none, since only what is named is allowed
   */
  readonly topic?: string | null
  /** Why the address is never to be written to again, where the provider says so besides: its owner asked for it. */
  readonly suppresses?: 'requested'
  /** How many messages it counts as at the list price, 1 to 100, for a delivery that only the receipt proves. @default 1 */
  readonly weight?: number
}

/** The strict schema of a {@link Receipt}. */
export const receiptSchema = z.strictObject({
  key: hostIdSchema,
  type: z.enum(RECEIPT_TYPES),
  at: instantSchema,
  deliveryId: hostIdSchema.transform((text) => text as DeliveryId).exactOptional(),
  providerMessageId: hostIdSchema.exactOptional(),
  reason: storableSchema(10_000).exactOptional(),
  url: storableSchema(10_000).exactOptional(),
  machine: z.boolean().exactOptional(),
  agent: agentSchema.exactOptional(),
  providerMessageIds: z.array(hostIdSchema).max(10).exactOptional(),
  topic: topicSchema.nullable().exactOptional(),
  suppresses: z.literal('requested').exactOptional(),
  weight: z.int().min(1).max(100).exactOptional(),
})

/**
 * What receipts say of one delivery: for each type the first instant at which it happened. A join semilattice, so
 * every order and every repetition of the same receipts gives the same state.
 */
export type ReceiptState = Readonly<Partial<Record<ReceiptType, Instant>>>

/** The state after one more receipt: the earlier instant of each type stays. */
export function joinReceipt(state: ReceiptState, receipt: Pick<Receipt, 'type' | 'at'>): ReceiptState {
  const known = state[receipt.type]
  return known !== undefined && known <= receipt.at ? state : { ...state, [receipt.type]: receipt.at }
}

/** Receipts that prove that the provider took the message. */
const PROOFS: readonly ReceiptType[] = RECEIPT_TYPES.filter((type) => type !== 'dropped')

/** Whether a receipt of this type proves that the provider had taken the message. */
export function provesAcceptance(type: ReceiptType): boolean {
  return PROOFS.includes(type)
}

/** Receipts that only a message brings which arrived, whatever else is said. */
const ARRIVED: readonly ReceiptType[] = [
  'displayed',
  'opened',
  'clicked',
  'replied',
  'dismissed',
  'complained',
]

/** Receipts by which a provider takes back that it has delivered. */
const CAME_BACK: readonly ReceiptType[] = ['bounced', 'blocked', 'dropped']

/** Receipts that tell of an arrival as long as the message did not come back: a provider refuses for those who had left before. */
const ARRIVED_UNLESS_BACK: readonly ReceiptType[] = ['delivered', 'unsubscribed']

/** Whether a message has arrived, by all that was heard of it. */
export function hasArrived(state: ReceiptState): boolean {
  const has = (type: ReceiptType) => state[type] !== undefined
  return ARRIVED.some(has) || (ARRIVED_UNLESS_BACK.some(has) && !CAME_BACK.some(has))
}

/** Whether a message has come back: a provider says so, and nobody has done anything with it. */
export function hasComeBack(state: ReceiptState): boolean {
  return CAME_BACK.some((type) => state[type] !== undefined) && !hasArrived(state)
}

/** Whether a receipt of this type takes back that a message was delivered, or will be. */
export function takesBack(type: ReceiptType): boolean {
  return CAME_BACK.includes(type)
}

/** Whether a receipt of this type says by itself that the message has arrived. */
export function tellsArrival(type: ReceiptType): boolean {
  return hasArrived({ [type]: 0 })
}

/** Whether a channel on which these receipts come can tell that a message has arrived. */
export function tellsOfArrival(receipts: readonly ReceiptType[]): boolean {
  return receipts.includes('delivered') || receipts.includes('displayed')
}

/** The furthest that a delivery has come by its receipts, for display; null when nothing was said. */
export function receiptStage(state: ReceiptState): ReceiptType | null {
  const order: readonly ReceiptType[] = [
    'complained',
    'unsubscribed',
    'resubscribed',
    'bounced',
    'blocked',
    'dropped',
    'replied',
    'dismissed',
    'clicked',
    'opened',
    'displayed',
    'delivered',
    'deferred',
    'accepted',
  ]
  return order.find((type) => state[type] !== undefined) ?? null
}
