import type { Delivery } from './delivery.js'
import { hasArrived, hasComeBack, type ReceiptState } from './receipt.js'

/** What may be written to the same member after a message that was sent, on the next channel. */
export interface NextOfSent {
  /** While nobody knows whether it arrives: waits for the end of its window. Null when nothing waits. */
  readonly next: Delivery | null
  /** When it has come back: due at once. Null after the last channel. */
  readonly nextIfReturned: Delivery | null
}

/**
 * What follows a message that has just become `sent`, by all that receipts say of it under the lock: they may have been
 * faster than the answer to the attempt.
 *
 * @example
 * ```ts
 * import { nextOfSent, queuedDelivery } from '@campaignkit/core/adapter'
 * import { sampleDelivery } from '@campaignkit/core/testing'
 *
 * const next = queuedDelivery({ ...sampleDelivery({ id: 'd-2', channel: 'sms' }), dueAt: 86_400_000 })
 * const nextIfReturned = { ...next, dueAt: 0 }
 * console.log(nextOfSent({}, { next, nextIfReturned })?.dueAt) // 86400000
 * console.log(nextOfSent({ bounced: 1 }, { next, nextIfReturned })?.dueAt) // 0
 * console.log(nextOfSent({ delivered: 1 }, { next, nextIfReturned })) // null
 * ```
 */
export function nextOfSent(receipts: ReceiptState, { next, nextIfReturned }: NextOfSent): Delivery | null {
  if (hasComeBack(receipts)) return nextIfReturned
  return hasArrived(receipts) ? null : next
}

/** Whether a delivery waits for its first turn: nobody has tried it, or put it off. */
export function waitsForFirstTurn({ status, tries, reason }: Delivery): boolean {
  return status === 'queued' && tries === 0 && reason === null
}
