import * as z from 'zod'
import { parseWebhookSecrets, type WebhookKeys } from '../../access/webhook-signature.js'
import { CampaignKitError } from '../../base/error.js'
import { parseUrl } from '../../base/parse-url.js'
import type { DurationMs } from '../../base/time.js'
import type { Clock } from '../../ports/clock.js'
import { createSystemClock } from '../system-clock.js'

/** Where and how webhooks are posted; shared by every sender of them. */
export interface WebhookTargetOptions {
  /** The service that takes them: `https://push.pizza.example/messages`. Plain http only on this machine. */
  readonly url: string
  /** Secrets as Standard Webhooks writes them, `whsec_<base64 of 24 to 64 bytes>`: every request is signed under each. */
  readonly secrets: readonly (string | undefined)[]
  /** @default the one of the platform */
  readonly fetch?: typeof globalThis.fetch
  /** How long one request may take, its answer included: 100 to 300,000 ms. @default 20_000 */
  readonly timeoutMs?: DurationMs
  /** Most bytes of an answer that are read: 0 to 10,000,000. @default 1_000_000 */
  readonly maxResponseBytes?: number
  /** Whether plain http may leave the machine, such as within a private network. @default false */
  readonly allowHttp?: boolean
  /** @default the clock of the machine */
  readonly clock?: Clock
}

/** {@link WebhookTargetOptions}, parsed. */
export interface WebhookTarget {
  readonly url: string
  readonly keys: WebhookKeys
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: DurationMs
  readonly maxResponseBytes: number
  readonly clock: Clock
}

const fetchSchema = z.custom<typeof globalThis.fetch>(
  (value) => typeof value === 'function',
  'expected a function',
)
const clockSchema = z.custom<Clock>(
  (value) => typeof value === 'object' && value !== null,
  'expected a clock',
)

/** Fields of the options that every sender of webhooks has. */
export const webhookTargetFields = {
  url: z.string().max(2_000),
  secrets: z.array(z.unknown()),
  fetch: fetchSchema.optional(),
  timeoutMs: z.int().min(100).max(300_000).default(20_000),
  maxResponseBytes: z.int().min(0).max(10_000_000).default(1_000_000),
  allowHttp: z.boolean().default(false),
  clock: clockSchema.optional(),
}

type TargetFields = z.output<z.ZodObject<typeof webhookTargetFields>>

/**
 * Parses the options of a sender whose schema holds {@link webhookTargetFields}.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD, SECRET_INVALID with the path
 */
export function readTarget(fields: TargetFields): WebhookTarget {
  return {
    url: checkUrl(fields.url, fields.allowHttp),
    keys: parseWebhookSecrets(fields.secrets),
    // looked up when it is called: whoever replaces the platform's means all of it
    fetch: fields.fetch ?? ((...given) => globalThis.fetch(...given)),
    timeoutMs: fields.timeoutMs,
    maxResponseBytes: fields.maxResponseBytes,
    clock: fields.clock ?? createSystemClock(),
  }
}

const ON_THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]']

/** @throws INVALID_INPUT with path `url`; a password in the url never stands in the error */
export function checkUrl(text: string, allowHttp: boolean): string {
  const refuse = (message: string): never => {
    throw new CampaignKitError('INVALID_INPUT', `url: ${message}`, { path: 'url' })
  }
  const url = parseUrl(text) ?? refuse('not a url')
  if (url.username !== '' || url.password !== '') refuse('a password has no place in a url')
  if (url.hash !== '') refuse('a place in a document is nothing that can be posted to')
  if (url.protocol === 'https:') return url.href
  if (url.protocol !== 'http:') refuse('expected https')
  if (!allowHttp && !ON_THIS_MACHINE.includes(url.hostname))
    refuse('messages hold personal data: plain http needs allowHttp')
  return url.href
}
