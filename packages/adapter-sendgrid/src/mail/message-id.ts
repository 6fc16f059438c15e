import type { DeliveryId, OutgoingMessage } from '@campaignkit/core/adapter'

/** The Message-ID of an attempt: the same for every look at it, with no trace of the person. */
export function messageIdOf(
  { deliveryId, attemptId }: Pick<OutgoingMessage, 'deliveryId' | 'attemptId'>,
  from: string,
): string {
  return `<${escaped(deliveryId)}.${escaped(attemptId)}@${from.slice(from.lastIndexOf('@') + 1)}>`
}

/** The delivery that a Message-ID of ours names; null for any other. */
export function deliveryOfMessageId(messageId: string): DeliveryId | null {
  const [, delivery] =
    /^<?([A-Za-z0-9_-]{1,500})\.[A-Za-z0-9_-]{1,500}@[^@\s<>]{1,253}>?$/.exec(messageId) ?? []
  if (delivery === undefined) return null
  return delivery.replaceAll(/_([0-9a-f]{1,4})_/g, (_, unit: string) =>
    String.fromCharCode(Number.parseInt(unit, 16)),
  ) as DeliveryId
}

function escaped(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`)
}
