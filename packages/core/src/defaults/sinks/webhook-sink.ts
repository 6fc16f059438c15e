import * as z from 'zod'
import { digestOf } from '../../base/digest.js'
import { wordSchema } from '../../model/fields.js'
import { checkInput } from '../../model/parse.js'
import type { EventSink } from '../../ports/event-sink.js'
import { isSuccess, postWebhook } from '../webhook/post-webhook.js'
import { readTarget, type WebhookTargetOptions, webhookTargetFields } from '../webhook/webhook-options.js'
import { sinkFailure } from './sink-failure.js'

/** What {@link createWebhookSink} needs. */
export interface WebhookSinkOptions extends WebhookTargetOptions {
  /** Under which its place is kept: a lower-case word. @default 'webhook' */
  readonly name?: string
}

const optionsSchema = z.strictObject({
  ...webhookTargetFields,
  timeoutMs: webhookTargetFields.timeoutMs.unwrap().default(10_000),
  name: wordSchema.default('webhook'),
})

/**
 * A sink that posts events as JSON to a service of the host, signed as Standard Webhooks 1.0 says: up to 500 of one
 * tenant a request, `{ type: 'events.recorded', timestamp, data: { tenant, events } }`. Any answer but a success has them
 * sent again; each event's `key`, and the `webhook-id` of a request that is repeated whole, tell repetitions apart.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD, SECRET_INVALID with the path
 *
 * @example
 * ```ts
 * import { createWebhookSink } from '@campaignkit/core'
 * const sink = createWebhookSink({
 *   url: 'https://analytics.pizza.example/events',
 *   secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
 * })
 * console.log(sink.name) // webhook
 * ```
 */
export function createWebhookSink(options: WebhookSinkOptions): EventSink & { readonly name: string } {
  const { name, ...fields } = checkInput(optionsSchema, options)
  const target = readTarget(fields)
  return Object.freeze({
    name,
    async publish(scope, events, { signal } = {}) {
      const now = target.clock.now()
      const keys = events.map(({ key }) => key)
      const answer = await postWebhook(
        target,
        {
          id: `evt_${digestOf(scope.tenant, ...keys).slice(0, 32)}`,
          body: JSON.stringify({
            type: 'events.recorded',
            timestamp: new Date(now).toISOString(),
            data: { tenant: scope.tenant, events },
          }),
        },
        signal,
      )
      if (answer.outcome !== 'answered' || !isSuccess(answer.status)) throw sinkFailure(answer, now)
    },
  } satisfies EventSink)
}
