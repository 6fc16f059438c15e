import {
  type AttemptId,
  type CampaignId,
  type DeliveryId,
  type OutgoingMessage,
  type RunId,
  type TenantId,
  workerScope,
} from '@campaignkit/core/adapter'

type Email = Extract<OutgoingMessage['content'], { type: 'email' }>

/** A tenant and an actor, for the first argument of a channel. */
export const SAMPLE_SCOPE = workerScope('pizzeria' as TenantId, 'worker-1')

/** A plain e-mail, but for what is given. */
export function sampleMessage(
  given: Partial<Omit<OutgoingMessage, 'content'>> = {},
  content: Partial<Email> = {},
): OutgoingMessage {
  return {
    deliveryId: 'd-1' as DeliveryId,
    attemptId: 'a-1' as AttemptId,
    campaignId: 'c-1' as CampaignId,
    runId: 'r-1' as RunId,
    idempotencyKey: 'd-1',
    to: 'ada@example.com',
    ...given,
    content: {
      type: 'email',
      subject: 'We miss you',
      html: '<p>Hello</p>',
      text: 'Hello',
      replyTo: null,
      headers: {},
      attachments: [],
      ...content,
    },
  }
}
