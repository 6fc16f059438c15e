import * as z from 'zod'
import { toBase64 } from '../../base/base64.js'
import { utf8 } from '../../base/bytes.js'
import { CampaignKitError } from '../../base/error.js'
import type { DurationMs } from '../../base/time.js'
import { wordSchema } from '../../model/fields.js'
import { checkInput } from '../../model/parse.js'
import type { Secret } from '../../model/secret.js'
import type { Clock } from '../../ports/clock.js'
import type { EventSink } from '../../ports/event-sink.js'
import { createSystemClock } from '../system-clock.js'
import { isSuccess, postOnce } from '../webhook/post-webhook.js'
import { checkUrl, webhookTargetFields } from '../webhook/webhook-options.js'
import { mixpanelEvent } from './mixpanel-events.js'
import { sinkFailure } from './sink-failure.js'

/** What {@link createMixpanelSink} needs. */
export interface MixpanelSinkOptions {
  /** Of the project: a number. */
  readonly projectId: string
  /** Of a service account that may import. */
  readonly username: string
  readonly secret: string | undefined
  /** Under which customers become pseudonyms: at least 16 characters. Another key makes others of all of them. */
  readonly pseudonymKey: string | undefined
  /** Of the region of the project, such as `https://api-eu.mixpanel.com/import`. @default 'https://api.mixpanel.com/import' */
  readonly url?: string
  /** Under which its place is kept: a lower-case word. @default 'mixpanel' */
  readonly name?: string
  /** Hears how many events Mixpanel did not take for what they are; they do not come again. @default nobody */
  readonly onRefused?: (count: number) => void
  /** How long one request may take, its answer included: 100 to 300,000 ms. @default 10_000 */
  readonly timeoutMs?: DurationMs
  /** @default the one of the platform */
  readonly fetch?: typeof globalThis.fetch
  /** @default the clock of the machine */
  readonly clock?: Clock
}

const LEAST_KEY_LENGTH = 16
const secretText = z.string().min(1).max(1_000)

const optionsSchema = z.strictObject({
  projectId: z.string().regex(/^\d{1,20}$/, 'expected a number'),
  username: z
    .string()
    .max(1_000)
    .regex(/^[^\s:]+$/, 'must not contain spaces or colons'),
  secret: secretText,
  pseudonymKey: secretText.min(LEAST_KEY_LENGTH),
  url: z.string().max(2_000).default('https://api.mixpanel.com/import'),
  name: wordSchema.default('mixpanel'),
  onRefused: z
    .custom<(count: number) => void>((value) => typeof value === 'function', 'expected a function')
    .optional(),
  timeoutMs: webhookTargetFields.timeoutMs.unwrap().default(10_000),
  fetch: webhookTargetFields.fetch,
  clock: webhookTargetFields.clock,
})

/** An answer of 400 has taken all but those that it names. */
const partialSchema = z.object({ failed_records: z.array(z.unknown()).min(1) })
const MAX_ANSWER_BYTES = 5_000_000

/**
 * A sink for Mixpanel's import of events (or whatever speaks it): pseudonyms for customers, neither what was said nor where
 * it led, and an `$insert_id` by which Mixpanel tells repetitions apart. Events that it finds wrong are counted and left
 * behind, so that they hold up no others.
 *
 * @throws SECRET_INVALID, INVALID_INPUT, UNKNOWN_FIELD with the path; the error never holds a secret
 *
 * @example
 * ```ts
 * import { createMixpanelSink } from '@campaignkit/core'
 * const sink = createMixpanelSink({
 *   projectId: '42',
 *   username: 'campaigns.1a2b.mp-service-account',
 *   secret: 'that of the service account',
 *   pseudonymKey: 'at least 16 characters by chance',
 *   url: 'https://api-eu.mixpanel.com/import',
 * })
 * console.log(sink.name) // mixpanel
 * ```
 */
export function createMixpanelSink(options: MixpanelSinkOptions): EventSink & { readonly name: string } {
  const settings = readMixpanelOptions(options)
  const { name, clock, headers, pseudonyms, target, onRefused } = settings
  return Object.freeze({
    name,
    async publish(scope, events, { signal } = {}) {
      const body = JSON.stringify(events.map((event) => mixpanelEvent(scope.tenant, event, pseudonyms)))
      const answer = await postOnce(target, signal, { headers, body: utf8(body) }, isRead)
      if (answer.outcome !== 'answered') throw sinkFailure(answer, clock.now())
      if (isSuccess(answer.status)) return
      const refused = answer.status === 400 ? refusedIn(answer.body) : 0
      if (refused === 0) throw sinkFailure(answer, clock.now())
      onRefused?.(refused)
    },
  } satisfies EventSink)
}

function readMixpanelOptions(options: MixpanelSinkOptions) {
  const { projectId, username, secret, pseudonymKey, fetch, ...settings } = checkOptions(options)
  const url = new URL(checkUrl(settings.url, false))
  url.searchParams.set('strict', '1')
  url.searchParams.set('project_id', projectId)
  const pseudonyms: Secret = { id: 'pseudonyms', key: pseudonymKey }
  return {
    name: settings.name,
    onRefused: settings.onRefused,
    clock: settings.clock ?? createSystemClock(),
    pseudonyms,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Basic ${toBase64(utf8(`${username}:${secret}`))}`,
    },
    target: {
      url: url.href,
      fetch: fetch ?? ((...given: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...given)),
      timeoutMs: settings.timeoutMs,
      maxResponseBytes: MAX_ANSWER_BYTES,
    },
  }
}

/** A missing secret is a variable that is not set. */
function checkOptions(options: MixpanelSinkOptions) {
  for (const path of ['secret', 'pseudonymKey'] as const) {
    const key: unknown = options[path]
    const least = path === 'secret' ? 1 : LEAST_KEY_LENGTH
    if (typeof key !== 'string' || key.length < least)
      throw new CampaignKitError('SECRET_INVALID', `${path}: a text of at least ${least} characters`, {
        path,
      })
  }
  return checkInput(optionsSchema, options)
}

function isRead(status: number): boolean {
  return status === 400
}

function refusedIn(body: Uint8Array | null): number {
  try {
    const answer = partialSchema.safeParse(JSON.parse(new TextDecoder().decode(body ?? new Uint8Array())))
    return answer.success ? answer.data.failed_records.length : 0
  } catch {
    return 0
  }
}
