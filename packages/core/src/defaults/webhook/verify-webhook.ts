import * as z from 'zod'
import { checkWebhook, parseWebhookSecrets, type WebhookCheck } from '../../access/webhook-signature.js'
import { utf8 } from '../../base/bytes.js'
import type { Instant } from '../../base/time.js'
import { checkInput } from '../../model/parse.js'

/** What {@link verifyWebhook} needs. */
export interface VerifyWebhookOptions {
  /** `whsec_<base64>`: while keys change, the old and the new one. */
  readonly secrets: readonly (string | undefined)[]
  /** How far the timestamp may lie from now, before and behind it: 1 to 86,400 seconds. @default 300 */
  readonly toleranceSeconds?: number
  /** @default the clock of the machine */
  readonly now?: () => Instant
}

/** A webhook as it came in. */
export interface IncomingWebhook {
  /** Header fields by name, as `Request` or node:http have them. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The very bytes that came, or their text; never what was parsed and written again. */
  readonly body: Uint8Array | string
}

/** Fields of the options of whoever checks webhooks. */
export const verifyFields = {
  secrets: z.array(z.unknown()),
  toleranceSeconds: z.int().min(1).max(86_400).default(300),
  now: z.custom<() => Instant>((value) => typeof value === 'function', 'expected a function').optional(),
}

const optionsSchema = z.strictObject(verifyFields)

/**
 * Tells whether a webhook is one of ours: for the service behind a webhook channel or sink, and for anything else that is
 * signed as Standard Webhooks 1.0 says. What is not `valid` is to be answered 401 and forgotten.
 *
 * @throws SECRET_INVALID, INVALID_INPUT for the options; never for what came in
 *
 * @example
 * ```ts
 * import { verifyWebhook } from '@campaignkit/core'
 * const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']
 * const headers = {
 *   'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
 *   'webhook-timestamp': '1614265330',
 *   'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
 * }
 * const now = () => 1_614_265_330_000
 * console.log(verifyWebhook({ headers, body: '{"test": 2432232314}' }, { secrets, now })) // valid
 * console.log(verifyWebhook({ headers, body: '{"test": 1}' }, { secrets, now })) // forged
 * ```
 */
export function verifyWebhook(webhook: IncomingWebhook, options: VerifyWebhookOptions): WebhookCheck {
  const { secrets, toleranceSeconds, now = Date.now } = checkInput(optionsSchema, options)
  const { body } = webhook
  return checkWebhook(
    parseWebhookSecrets(secrets),
    headersOf(webhook.headers),
    typeof body === 'string' ? utf8(body) : body,
    { now: now(), toleranceSeconds },
  )
}

/** The three fields, whatever the case of their names. */
export function headersOf(headers: IncomingWebhook['headers']) {
  const fields = headers instanceof Headers ? null : fieldsOf(headers)
  const field = (name: string) =>
    headers instanceof Headers ? headers.get(name) : (fields?.get(name) ?? null)
  return {
    'webhook-id': field('webhook-id'),
    'webhook-timestamp': field('webhook-timestamp'),
    'webhook-signature': field('webhook-signature'),
  }
}

function fieldsOf(headers: Exclude<IncomingWebhook['headers'], Headers>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]): [string, string][] => {
      const text = typeof value === 'string' ? value : value?.[0]
      return typeof text === 'string' ? [[name.toLowerCase(), text]] : []
    }),
  )
}
