import type { ChannelKind } from '../model/channel-kind.js'
import type { Customer } from '../model/customer.js'
import { PREFERRED_CHANNEL, personalOrder } from '../model/first-of.js'
import type { ReceiptType } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** Receipts by which a person shows where messages are read. */
const ANSWERS: readonly ReceiptType[] = ['opened', 'clicked', 'replied']

/** In which order the channels are tried for a customer. */
export type ChannelOrders = (customer: Customer) => readonly ChannelKind[]

/** Reads what customers prefer and where they answered, in one call for all of them. */
export async function channelOrders(
  { storage }: Pick<EngineContext, 'storage'>,
  scope: Scope,
  { channels, isPersonalOrder = false }: PossibleOrder,
  customers: readonly Customer[],
): Promise<ChannelOrders> {
  if (!isPersonalOrder || channels.length < 2) return () => channels
  const customerIds = customers.map(({ id }) => id)
  const answers = await storage.events.lastByChannel(scope, { types: ANSWERS, customerIds })
  return ({ id, attributes }) =>
    personalOrder(channels, { preferred: attributes[PREFERRED_CHANNEL], answeredAt: answers.get(id) ?? {} })
}

interface PossibleOrder {
  readonly channels: readonly ChannelKind[]
  readonly isPersonalOrder?: boolean
}
