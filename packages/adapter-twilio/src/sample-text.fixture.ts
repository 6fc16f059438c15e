import {
  type AttemptId,
  type CampaignId,
  type DeliveryId,
  type OutgoingMessage,
  type RunId,
  type TenantId,
  workerScope,
} from '@campaignkit/core/adapter'

/** A tenant and an actor, for the first argument of a channel. */
export const SCOPE = workerScope('pizzeria' as TenantId, 'worker-1')
export const TEMPLATE = `HX${'0123456789abcdef'.repeat(2)}`
export const SERVICE = `MG${'0123456789abcdef'.repeat(2)}`
export const SENDER = '+15005550006'

type Text = Extract<OutgoingMessage['content'], { type: 'text' }>

/** An SMS on its way out, but for what is given. */
export function sampleText(
  given: Partial<Omit<OutgoingMessage, 'content'>> = {},
  content: Partial<Text> = {},
): OutgoingMessage {
  return {
    deliveryId: 'd-1' as DeliveryId,
    attemptId: 'a-1' as AttemptId,
    campaignId: 'c-1' as CampaignId,
    runId: 'r-1' as RunId,
    idempotencyKey: 'd-1',
    to: '+393331234567',
    ...given,
    content: { type: 'text', body: 'We miss you', ...content },
  }
}
