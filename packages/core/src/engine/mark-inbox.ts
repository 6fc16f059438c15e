import * as z from 'zod'
import { authorize } from '../access/policy.js'
import type { CustomerId, DeliveryId } from '../base/ids.js'
import type { Delivery } from '../model/delivery.js'
import { hostIdSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import type { Receipt } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { recordReceipts } from './ingest-receipts.js'

/** What came of marking messages. */
export interface InboxOutcome {
  /** Messages that were not so marked before. */
  readonly marked: number
  /** Messages that were: they changed nothing. */
  readonly repeated: number
  /** Ids under which this customer was sent nothing in the app. */
  readonly unknown: number
}

const idsSchema = z.array(hostIdSchema.transform((text) => text as DeliveryId)).max(1_000)

/**
 * Records that a customer has seen messages, or taken them out of the list; who does the latter has seen them.
 *
 * @throws INVALID_INPUT, FORBIDDEN
 */
export async function markInbox(
  context: EngineContext,
  scope: Scope,
  customerId: CustomerId,
  deliveryIds: readonly string[],
  mark: 'displayed' | 'dismissed',
): Promise<InboxOutcome> {
  authorize(context.access, scope, 'inbox.write')
  const id = parseInput(hostIdSchema, customerId, 'customerId')
  const ids = [...new Set(parseInput(idsSchema, deliveryIds, 'deliveryIds'))]
  const found = await context.storage.deliveries.get(scope, ids)
  const own = found.filter(
    (delivery) => delivery.customerId === id && delivery.channel === 'in-app' && delivery.status === 'sent',
  )
  const at = context.clock.now()
  const receiptsOf = (type: 'displayed' | 'dismissed') => own.map((delivery) => receiptOf(delivery, type, at))
  if (mark === 'dismissed') await recordReceipts(context, scope, receiptsOf('displayed'))
  const { recorded, repeated } = await recordReceipts(context, scope, receiptsOf(mark))
  return { marked: recorded, repeated, unknown: ids.length - own.length }
}

function receiptOf({ id }: Delivery, type: 'displayed' | 'dismissed', at: number): Receipt {
  return { key: `inbox:${type}:${id}`, type, at, deliveryId: id }
}
